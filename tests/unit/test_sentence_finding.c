/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two lines under a finding. */
#include "one_connection.h"

/* ---- findings ---- */

static void finding_is(int line, const struct finding *finding, const char *want)
{
    char got[SENTENCE_MAX];
    struct annotation annotation = annotate();
    sentence_finding_detail(got, sizeof got, &annotation, &context, finding);
    check_str(__FILE__, line, "detail", got, want);
}

#define FINDING_IS(finding, want) finding_is(__LINE__, finding, want)

static void test_finding_of_numbers(void)
{
    struct finding finding = {
        .id = FINDING_fin_ack_beyond, .evidence = EVIDENCE_FULL, .sender = SIDE_B};
    send(SIDE_B, 1, 0, FLAG_ACK);
    finding.got = number_of(SIDE_A, 102).n;
    finding.limit = number_of(SIDE_A, 101).n;
    finding.limit_known = true;
    finding.limit_frame = 7;
    FINDING_IS(&finding, "acknowledgment 102 is 1 beyond 101, the number after the peer's FIN in "
                         "frame 7 (evidence: full). The peer answers with an ACK and ignores the "
                         "segment.");
    finding.id = FINDING_fin_data_after;
    finding.evidence = EVIDENCE_LOSSY;
    finding.got = number_of(SIDE_B, 111).n;
    finding.limit = number_of(SIDE_B, 101).n;
    FINDING_IS(&finding, "end of the data 111 is 10 beyond 101, where its own FIN stands in "
                         "frame 7 (evidence: lossy). The receiver ignores the octets.");
    finding.id = FINDING_fin_moved;
    finding.got = number_of(SIDE_B, 91).n;
    FINDING_IS(&finding, "end of this FIN 91 is 10 below 101, the end of its first FIN in frame 7 "
                         "(evidence: lossy). One of the two is not this endpoint's FIN, or its "
                         "stack repeats the FIN one number on.");
    finding.id = FINDING_hs_refused;
    finding.got = finding.limit = number_of(SIDE_A, 1).n;
    finding.limit_frame = 1;
    finding.evidence = EVIDENCE_FULL;
    FINDING_IS(&finding, "acknowledgment 1 is exactly the number after the SYN in frame 1 "
                         "(evidence: full). The client gives up: CLOSED, \"connection refused\".");
}

/* What waited for proof speaks of another segment than the one it is told with. */
static void test_finding_about_earlier(void)
{
    struct finding finding = {.id = FINDING_seq_beyond_window,
                              .evidence = EVIDENCE_FULL,
                              .sender = SIDE_A,
                              .limit_known = true,
                              .limit_frame = 5,
                              .about = 6,
                              .about_frame = 6};
    finding.got = number_of(SIDE_A, 70001).n;
    finding.limit = number_of(SIDE_A, 65253).n;
    send(SIDE_B, 1, 0, FLAG_ACK); /* the receiver's answer proves it */
    FINDING_IS(&finding, "of frame 6: 70001 is 4748 beyond 65253, the edge granted in frame 5 "
                         "(evidence: full). The receiver drops it and answers with an ACK.");
    finding = finding_proved(&finding, 8);
    send(SIDE_A, 70001, 100, FLAG_ACK);
    FINDING_IS(&finding, "70001 is 4748 beyond 65253, the edge granted in frame 5, proved by frame "
                         "8 (evidence: full). The receiver drops it and answers with an ACK.");
}

static void test_finding_with_outcome(void)
{
    struct finding finding = {.id = FINDING_syn_est_new,
                              .evidence = EVIDENCE_FULL,
                              .outcome = OUTCOME_CHALLENGED,
                              .proved_by = 9};
    send(SIDE_A, 0, 0, FLAG_SYN);
    FINDING_IS(&finding,
               "its initial number is not that of the connection that is open, outcome: "
               "challenged, proved by frame 9 (evidence: full). A modern receiver answers "
               "with an ACK and stays as it is (a challenge).");
    finding.outcome = OUTCOME_RESET;
    finding.proved_by = 0;
    FINDING_IS(&finding, "its initial number is not that of the connection that is open, outcome: "
                         "reset (evidence: full). A modern receiver answers with an ACK and stays "
                         "as it is (a challenge).");
}

/* A RST without ACK has no number that could be compared. */
static void test_finding_without_ack(void)
{
    struct finding finding = {.id = FINDING_rst_synsent_unacceptable, .evidence = EVIDENCE_FULL};
    send(SIDE_B, 0, 0, FLAG_RST);
    FINDING_IS(&finding, "the ACK flag is not set: nothing is acknowledged (evidence: full). The "
                         "client ignores it and stays in SYN-SENT.");
}

static void test_finding_of_facts(void)
{
    struct finding finding = {.id = FINDING_hdr_xmas, .evidence = EVIDENCE_FULL, .got = 0x129};
    send(SIDE_B, 1, 0, FLAG_ACK);
    FINDING_IS(&finding, "flags: AE, URG, PSH, FIN (0x129) (evidence: full). The receiver drops "
                         "it, or answers with a RST where the port is closed.");
    finding.id = FINDING_hdr_flags_null;
    finding.got = 0;
    FINDING_IS(&finding, "flags: none (0x000) (evidence: full). The receiver drops it; a scanner "
                         "learns from the answer, or from none.");
    finding.id = FINDING_hdr_reserved_bits;
    finding.got = 0xa00;
    FINDING_IS(&finding, "reserved bits: 0xa00 (evidence: full). The receiver ignores them; they "
                         "mark a damaged header or a probe.");
    finding.id = FINDING_rst_with_data;
    finding.got = 14;
    FINDING_IS(&finding, "data octets on the RST: 14 (evidence: full). The octets are not part of "
                         "the stream; sequence numbers do not move.");
    finding.id = FINDING_hdr_urg_ptr_odd;
    finding.got = 0;
    FINDING_IS(&finding, "urgent pointer: 0 (evidence: full). Stacks disagree on which octet is "
                         "urgent, which an evasion can use.");
    finding.id = FINDING_opt_duplicate;
    finding.got = 8;
    finding.limit = 2;
    finding.limit_known = true;
    FINDING_IS(&finding, "option timestamps (kind 8), 2 copies (evidence: full). Stacks disagree "
                         "on which copy counts.");
    finding = (struct finding){.id = FINDING_opt_not_on_syn, .got = 4, .evidence = EVIDENCE_FULL};
    FINDING_IS(&finding, "option SACK-permitted (kind 4) (evidence: full). The receiver must "
                         "ignore it.");
    finding = (struct finding){.id = FINDING_ts_missing, .limit_frame = 2, .count = 3};
    FINDING_IS(&finding, "no timestamp option, although both SYNs had one, 3 times so "
                         "far (evidence: full). The receiver should drop the segment.");
    finding = (struct finding){.id = FINDINGS};
    FINDING_IS(&finding, "");
}

/* Every finding's detail fits, whatever the numbers. */
static void test_longest_detail(void)
{
    send(SIDE_A, 1, 77, FLAG_ACK);
    struct annotation annotation = annotate();
    for (unsigned id = 0; id < FINDINGS; id++) {
        struct finding finding = {.id = (uint16_t)id,
                                  .evidence = EVIDENCE_MIDSTREAM,
                                  .limit_known = true,
                                  .got = 0xfffffff0U,
                                  .limit = 0x80000000U,
                                  .limit_frame = 0xffffffffU,
                                  .proved_by = 0xffffffffU,
                                  .count = 0xffffffffU};
        char got[2 * SENTENCE_MAX];
        size_t length = sentence_finding_detail(got, sizeof got, &annotation, &context, &finding);
        CHECK_TRUE(length < SENTENCE_MAX);
    }
}

int main(void)
{
    void (*const tests[])(void) = {
        test_finding_of_numbers,  test_finding_about_earlier, test_finding_with_outcome,
        test_finding_without_ack, test_finding_of_facts,      test_longest_detail,
    };
    run_around_the_wrap(tests, sizeof tests / sizeof tests[0]);
    return check_status();
}
