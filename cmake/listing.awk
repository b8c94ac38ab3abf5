# SPDX-License-Identifier: GPL-2.0-or-later
#
# TShark's PDML of frames with the plugin's trees -> one aligned line per TCP segment. PDML and not
# a list of fields, because a frame may hold several segments and a segment may lack any field.
#
# -v colour=1 paints phases and findings. Exit status 3: no TCP segment in the whole file.

BEGIN {
    columns = split("frame|time|conn|direction|flags|phase|step|client|server|SEQ|diff|LEN|ACK|diff", \
                    title, "|")
    split("r r r l l l l l l r r r r r", align, " ")
    for (i = 1; i <= columns; i++)
        width[i] = length(title[i])
    kept = 0     # rows that wait until the widths are known
    keep = 2000  # with more rows than this, the widths are those of the first ones
    segments = 0
    split("FIN SYN RST PSH ACK URG ECE CWR AE", flag_name, " ")
    split("handshake=36 established=32 half-closed=33 teardown=33 time-wait=35 closed=35 " \
          "reset=31 refused=31 stray=90", pairs, " ")
    for (i in pairs) {
        split(pairs[i], pair, "=")
        phase_colour[pair[1]] = pair[2]
    }
    split("chat=90 note=36 warn=33 error=31", pairs2, " ")
    for (i in pairs2) {
        split(pairs2[i], pair, "=")
        severity_colour[pair[1]] = pair[2]
    }
}

/<proto name="frame"/ { in_frame = 1 }
/<proto name="tcpstate"/ { in_segment = 1; forget() }
/<\/proto>/ {
    if (in_segment)
        show_segment()
    in_segment = in_frame = 0
}
in_frame && /<field name="frame.number"/ { frame = attribute("show") }
in_frame && /<field name="frame.time_relative"/ { time = attribute("show") }
in_segment && /<field name="tcpstate\./ {
    name = attribute("name")
    sub(/^tcpstate\./, "", name)
    count[name]++
    value[name, count[name]] = attribute("show")
    shown[name, count[name]] = attribute("showname")
}
in_segment && /showname="Connection: / { connection = attribute("showname") }
in_segment && /show="Connection: / && connection == "" { connection = attribute("show") }
in_segment && /<field name="tcpstate\.not_analysed"/ { not_analysed = attribute("showname") }

END {
    flush_rows()
    if (!segments)
        exit 3
    line = sprintf("\n%d segment%s of %d connection%s", segments, segments == 1 ? "" : "s", \
                   connections, connections == 1 ? "" : "s")
    findings = ""
    split("error warn note chat", order, " ")
    for (i = 1; i <= 4; i++)
        if (found[order[i]])
            findings = findings (findings == "" ? "" : ", ") found[order[i]] " " order[i]
    print line (findings == "" ? "; no findings." : "; findings: " findings ".")
    print "Under client and server stands each end's state: the sender's as the segment left, the" \
          " receiver's once it is delivered."
    print "diff: SEQ or ACK minus the number that is expected next; 0 is as expected."
}

function forget(    key)
{
    for (key in count)
        delete count[key]
    for (key in value)
        delete value[key]
    for (key in shown)
        delete shown[key]
    connection = not_analysed = ""
}

function attribute(which,    at, text)
{
    at = index($0, " " which "=\"")
    if (!at)
        return ""
    text = substr($0, at + length(which) + 3)
    text = substr(text, 1, index(text, "\"") - 1)
    gsub(/&lt;/, "<", text)
    gsub(/&gt;/, ">", text)
    gsub(/&quot;/, "\"", text)
    gsub(/&#x27;|&apos;/, "'", text)
    gsub(/&amp;/, "\\&", text)
    return text
}

function first(name)
{
    return count[name] ? value[name, 1] : ""
}

# "0x0012" -> "SYN ACK", in the order in which people say them.
function flags_of(text,    number, i, digit, list, bit, word)
{
    number = 0
    text = tolower(text)
    for (i = 3; i <= length(text); i++)
        number = number * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
    list = ""
    bit = 1
    for (i = 1; i <= 9; i++) {
        if (int(number / bit) % 2) {
            word = flag_name[i]
            list = list (list == "" ? "" : " ") word
        }
        bit *= 2
    }
    return list == "" ? "none" : list
}

# "Handshake step: SYN-ACK (2)" -> "2 SYN-ACK", for all steps that the segment holds.
function steps_of(name,    i, text, list)
{
    list = ""
    for (i = 1; i <= count[name]; i++) {
        text = shown[name, i]
        sub(/^[^:]*: /, "", text)
        sub(/ \([0-9]+\)$/, "", text)
        list = list (list == "" ? "" : ", ") value[name, i] " " text
    }
    return list
}

function sum(a, b,    total)
{
    total = a + b
    if (total < 0)
        total += 4294967296
    if (total >= 4294967296)
        total -= 4294967296
    return sprintf("%.0f", total)
}

function signed(text)
{
    return text == "" ? "" : (text > 0 ? "+" text : text)
}

function show_segment(    row, i)
{
    if (!count["phase"]) { # not a segment: TCP was dissected without us
        if (not_analysed != "")
            add_row("", frame ": " not_analysed)
        return
    }
    segments++
    cell[1] = frame
    cell[2] = sprintf("%.6f", time)
    cell[3] = first("conn.id")
    cell[4] = first("direction") == "server to client" ? "<-- server" : "client -->"
    if (cell[3] == "")
        cell[4] = "-->" # a stray has no roles
    cell[5] = flags_of(first("flags"))
    cell[6] = first("phase")
    cell[7] = steps_of("handshake.step")
    if (cell[7] == "")
        cell[7] = steps_of("teardown.step")
    cell[8] = first("client.state")
    cell[9] = first("server.state")
    cell[12] = first("seq.length")
    cell[10] = sum(first("seq.next"), -cell[12])
    cell[11] = signed(first("seq.delta"))
    cell[13] = first("ack.raw") # of a peer that was never captured there is no base to count from
    if (count["ack.expected"])
        cell[13] = sum(first("ack.expected"), first("ack.delta"))
    cell[14] = signed(first("ack.delta"))
    if (cell[3] != "" && !(cell[3] in known)) {
        known[cell[3]] = 1
        connections++
        sub(/^Connection: /, "", connection)
        if (connection != "")
            add_row("", "connection " cell[3] ": " connection)
    }
    if (cell[3] == "" && match(connection, /from [^ ]+ to [^ ]+/))
        add_row("", "no connection: " substr(connection, RSTART, RLENGTH))
    row = cell[1]
    for (i = 2; i <= columns; i++)
        row = row "\t" cell[i]
    add_row(row, "")
    for (i = 1; i <= count["finding"]; i++) {
        found[value["finding.severity", i]]++
        add_row("", "!" value["finding.severity", i] "\t" value["finding", i] "\t" \
                    value["finding.detail", i])
    }
}

# A row of cells, or a line of text between the rows.
function add_row(row, text)
{
    if (kept < 0) {
        print_row(row, text)
        return
    }
    kept++
    kept_row[kept] = row
    kept_text[kept] = text
    if (kept >= keep)
        flush_rows()
}

function flush_rows(    i, j, n, part, head)
{
    if (kept < 0)
        return
    for (i = 1; i <= kept; i++) {
        n = kept_row[i] == "" ? 0 : split(kept_row[i], part, "\t")
        for (j = 1; j <= n; j++)
            if (length(part[j]) > width[j])
                width[j] = length(part[j])
    }
    head = title[1]
    for (i = 2; i <= columns; i++)
        head = head "\t" title[i]
    n = kept
    kept = -1
    if (segments) {
        print_row(head, "")
        for (i = 1; i <= n; i++) {
            print_row(kept_row[i], kept_text[i])
            delete kept_row[i]
            delete kept_text[i]
        }
    }
}

function paint(text, code)
{
    return colour && code != "" ? "\033[" code "m" text "\033[0m" : text
}

function print_row(row, text,    part, n, i, line, padded)
{
    if (row == "") {
        print_text(text)
        return
    }
    n = split(row, part, "\t")
    line = ""
    for (i = 1; i <= n; i++) {
        padded = sprintf(align[i] == "r" ? "%" width[i] "s" : "%-" width[i] "s", part[i])
        if (i == 6)
            padded = paint(padded, phase_colour[part[i]])
        line = line (i > 1 ? "  " : "") padded
    }
    sub(/ +$/, "", line)
    print part[1] == title[1] ? paint(line, 1) : line
}

function print_text(text,    part)
{
    if (substr(text, 1, 1) != "!") {
        print paint(text, 1)
        return
    }
    split(substr(text, 2), part, "\t")
    printf "%" width[1] "s  %s\n", "", \
           paint(part[1] ": " part[2] (part[3] == "" ? "" : ": " part[3]), severity_colour[part[1]])
}
