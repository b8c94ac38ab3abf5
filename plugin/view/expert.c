/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expert.h"

#include "compat.h"

#include <epan/expert.h>

#define KIND_SACK_PERMITTED 4

/* Wireshark's expert fields have one severity each. */
static expert_field handles[FINDINGS][SEVERITIES];

static const char *const names[FINDINGS] = {
#define FINDING(id, family, group, severity, gate, rfc, numbers, got_is, limit_is, summary, why,   \
                consequence)                                                                       \
    "tcpstate." #id,
#include "findings.def"
#undef FINDING
};

static int group_of(enum finding_group group)
{
    switch (group) {
    case GROUP_SEQUENCE:
        return PI_SEQUENCE;
    case GROUP_PROTOCOL:
        return PI_PROTOCOL;
    case GROUP_SECURITY:
        return PI_SECURITY;
    case GROUP_ASSUMPTION:
        return PI_ASSUMPTION;
    }
    return PI_PROTOCOL;
}

static int severity_of(enum severity severity)
{
    switch (severity) {
    case SEVERITY_CHAT:
        return PI_CHAT;
    case SEVERITY_NOTE:
        return PI_NOTE;
    case SEVERITY_WARN:
        return PI_WARN;
    case SEVERITY_ERROR:
        return PI_ERROR;
    case SEVERITY_NONE:
    case SEVERITY_NATIVE:
    case SEVERITIES:
        break;
    }
    return PI_CHAT;
}

void expert_findings_register(int proto)
{
    static const expert_field unregistered = EI_INIT;
    static const ei_register_info blank = {NULL, {NULL, 0, 0, NULL, EXPFILL}};
    static ei_register_info infos[FINDINGS * SEVERITIES];
    int count = 0;

    for (unsigned id = 0; id < FINDINGS; id++) {
        const struct finding_row *row = finding_row((enum finding_id)id);

        for (unsigned s = SEVERITY_CHAT; s < SEVERITIES && s <= (unsigned)row->severity; s++) {
            ei_register_info *info = &infos[count++];
            *info = blank;
            info->ids = &handles[id][s];
            info->eiinfo.name = names[id];
            info->eiinfo.group = group_of(row->group);
            info->eiinfo.severity = severity_of((enum severity)s);
            info->eiinfo.summary = row->summary;
            handles[id][s] = unregistered;
        }
    }
    expert_register_field_array(expert_register_protocol(proto), infos, count);
}

/* Raised by Wireshark itself on the same frame. */
static bool is_raised_elsewhere(const struct finding *finding)
{
    return COMPAT_RAISES_SACK_PERMITTED && finding->id == FINDING_opt_not_on_syn &&
           finding->got == KIND_SACK_PERMITTED;
}

void expert_finding_raise(packet_info *pinfo, proto_item *item, const struct finding *finding,
                          enum severity lowest)
{
    unsigned severity = finding->severity;

    if (finding->id >= FINDINGS || severity < SEVERITY_CHAT || severity >= SEVERITIES)
        return;
    /* A severity above the row's has no registered field; no rule should raise one. */
    if (severity > (unsigned)finding_row((enum finding_id)finding->id)->severity)
        return;
    if (finding->expert && severity >= (unsigned)lowest && !is_raised_elsewhere(finding))
        expert_add_info(pinfo, item, &handles[finding->id][severity]);
}
