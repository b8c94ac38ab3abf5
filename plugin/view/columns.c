/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "columns.h"

#include "sentence.h"

#include <epan/column-utils.h>

void columns_show(packet_info *pinfo, const struct annotation *annotation)
{
    char text[SENTENCE_MAX];

    if (!col_get_writable(pinfo->cinfo, COL_INFO))
        return;
    sentence_info(text, sizeof(text), annotation);
    /* with a fence: nothing that runs after us clears it, and a fence already there stays valid */
    col_prepend_fence_fstr(pinfo->cinfo, COL_INFO, "[%s] ", text);
}
