/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "connections.h"

#include "finding.h"
#include "outcome.h"
#include "store.h"
#include "view.h"

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <epan/to_str.h>

#define TITLE "TCP Connection State: Connections"

enum cell {
    CELL_ID,
    CELL_STREAM,
    CELL_CLIENT,
    CELL_SERVER,
    CELL_START,
    CELL_DURATION,
    CELL_OUTCOME,
    CELL_CLIENT_STATE,
    CELL_SERVER_STATE,
    CELL_CLOSED_FIRST,
    CELL_HANDSHAKE,
    CELL_CLIENT_OCTETS,
    CELL_SERVER_OCTETS,
    CELL_CONN_STATE,
    CELL_HISTORY,
    CELL_ERRORS,
    CELL_WARNS,
    CELL_NOTES,
    CELL_CHATS,
    CELLS
};

/* clang-format off */
static stat_tap_table_item columns[CELLS] = {
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Connection", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Stream", "%u"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Server", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Start", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Duration", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Outcome", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client state", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Server state", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Closed first", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Handshake time", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Client octets", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Server octets", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "conn_state", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "history", "%s"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Errors", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Warnings", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Notes", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Chats", "%u"},
};
/* clang-format on */

#define NUMBER_MAX 32

/* What the string cells of a row point to. Octets are strings because a cell has 32 bits only. */
struct row_text {
    char start[NUMBER_MAX];
    char duration[NUMBER_MAX];
    char handshake[NUMBER_MAX];
    char octets[2][NUMBER_MAX]; /* by side */
    char history[CONNECTION_HISTORY_MAX + 1];
    char *end[2]; /* by side */
};

static void table_init(stat_tap_table_ui *ui);
static tap_packet_status table_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt,
                                      const void *data, tap_flags_t flags);
static void table_reset(stat_tap_table *table);
static void table_free_cell(stat_tap_table *table, guint row, guint column,
                            stat_tap_table_item_type *cell);

static stat_tap_table_ui ui = {
    .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
    .title = TITLE,
    .cli_string = "tcpstate,conn",
    .stat_tap_init_cb = table_init,
    .packet_func = table_packet,
    .stat_tap_reset_table_cb = table_reset,
    .stat_tap_free_table_item_cb = table_free_cell,
    .nfields = CELLS,
    .fields = columns,
};

/* By connection number: its row + 1, or 0. Empty while nobody wants a table. */
static GArray *rows;

static void forget_rows(void)
{
    if (rows != NULL)
        g_array_set_size(rows, 0);
}

/* Wireshark may have freed the table since it was last used. */
static stat_tap_table *current_table(void)
{
    return ui.tables != NULL ? stat_tap_find_table(&ui, TITLE) : NULL;
}

/* ---- one row ---- */

static void write_seconds(char out[NUMBER_MAX], int64_t ns)
{
    /* whole microseconds, cut like Wireshark's own */
    (void)snprintf(out, NUMBER_MAX, "%" PRId64 ".%06d", ns / 1000000000,
                   (int)(ns % 1000000000 / 1000));
}

static void write_times(struct row_text *text, const struct connection *conn)
{
    (void)g_strlcpy(text->start, "-", NUMBER_MAX);
    (void)g_strlcpy(text->duration, "-", NUMBER_MAX);
    (void)g_strlcpy(text->handshake, "-", NUMBER_MAX);
    if (conn->first_ns > 0) {
        write_seconds(text->start, conn->first_ns);
        /* a clock that was set back gives no duration */
        if (conn->last_ns >= conn->first_ns)
            write_seconds(text->duration, conn->last_ns - conn->first_ns);
    }
    if (conn->handshake_rtt_ns >= 0)
        write_seconds(text->handshake, conn->handshake_rtt_ns);
}

static const char *closed_first(const struct connection *conn)
{
    if (conn->simultaneous)
        return "both";
    if (!conn->fin_first_known)
        return "-";
    return connection_role(conn, conn->fin_first) == ROLE_CLIENT ? "client" : "server";
}

static void set_text(stat_tap_table_item_type *cell, const char *text)
{
    cell->type = TABLE_ITEM_STRING;
    cell->value.string_value = text[0] != '\0' ? text : "-";
}

static void set_number(stat_tap_table_item_type *cell, uint32_t number)
{
    cell->type = TABLE_ITEM_UINT;
    cell->value.uint_value = number;
}

static void write_states(stat_tap_table_item_type *cells, const struct connection *conn)
{
    const struct annotation *last = store_last_of(conn->id);
    enum tcp_state client = STATE_UNKNOWN;
    enum tcp_state server = STATE_UNKNOWN;

    if (last != NULL) {
        client = annotation_role_state(last, ROLE_CLIENT);
        server = annotation_role_state(last, ROLE_SERVER);
    }
    set_text(&cells[CELL_CLIENT_STATE], tcp_state_name(client));
    set_text(&cells[CELL_SERVER_STATE], tcp_state_name(server));
}

/* How it ends is told from the second pass on, like on the last segment. */
static void write_findings(stat_tap_table_item_type *cells, const struct connection *conn,
                           bool first_pass)
{
    static const enum cell of[SEVERITIES] = {[SEVERITY_ERROR] = CELL_ERRORS,
                                             [SEVERITY_WARN] = CELL_WARNS,
                                             [SEVERITY_NOTE] = CELL_NOTES,
                                             [SEVERITY_CHAT] = CELL_CHATS};
    struct finding ending;

    for (unsigned s = SEVERITY_CHAT; s < SEVERITIES; s++)
        set_number(&cells[of[s]], store_findings_of(conn->id, (enum severity)s));
    if (!first_pass && store_ending(conn->id, &ending))
        cells[of[ending.severity]].value.uint_value++;
}

static void write_row(stat_tap_table_item_type *cells, const struct connection *conn,
                      bool first_pass)
{
    struct row_text *text = cells[CELL_ID].user_data.ptr_value;
    enum side client = conn->client;
    enum side server = side_other(client);

    write_times(text, conn);
    for (unsigned side = 0; side < 2; side++)
        (void)snprintf(text->octets[side], NUMBER_MAX, "%" PRIu64, conn->octets[side]);
    outcome_history(conn, text->history);

    set_number(&cells[CELL_ID], conn->id);
    set_number(&cells[CELL_STREAM], conn->stream);
    set_text(&cells[CELL_CLIENT], text->end[client]);
    set_text(&cells[CELL_SERVER], text->end[server]);
    set_text(&cells[CELL_START], text->start);
    set_text(&cells[CELL_DURATION], text->duration);
    set_text(&cells[CELL_OUTCOME], outcome_word(conn));
    write_states(cells, conn);
    set_text(&cells[CELL_CLOSED_FIRST], closed_first(conn));
    set_text(&cells[CELL_HANDSHAKE], text->handshake);
    set_text(&cells[CELL_CLIENT_OCTETS], text->octets[client]);
    set_text(&cells[CELL_SERVER_OCTETS], text->octets[server]);
    set_text(&cells[CELL_CONN_STATE], outcome_conn_state(conn));
    set_text(&cells[CELL_HISTORY], text->history);
    write_findings(cells, conn, first_pass);
}

static char *end_text(const struct annotation *annotation, enum side side)
{
    struct tuple_end end;
    char *address_text;
    char *text;

    if (!store_end(annotation, side, &end))
        return g_strdup("-");
    address_text = address_to_str(NULL, &end.addr);
    text = g_strdup_printf(end.addr.type == AT_IPv6 ? "[%s]:%u" : "%s:%u", address_text, end.port);
    wmem_free(NULL, address_text);
    return text;
}

static void add_row(stat_tap_table *table, const struct told_segment *told)
{
    const struct annotation *annotation = told->annotation;
    stat_tap_table_item_type cells[CELLS] = {0};
    struct row_text *text = g_malloc0(sizeof(struct row_text));
    uint32_t row = table->num_elements;

    text->end[SIDE_A] = end_text(annotation, SIDE_A);
    text->end[SIDE_B] = end_text(annotation, SIDE_B);
    cells[CELL_ID].user_data.ptr_value = text;
    write_row(cells, annotation->conn, told->first_pass);
    stat_tap_init_table_row(table, row, CELLS, cells);
    if (annotation->conn->id >= rows->len)
        g_array_set_size(rows, annotation->conn->id + 1);
    g_array_index(rows, uint32_t, annotation->conn->id) = row + 1;
}

static uint32_t row_of(const struct annotation *annotation)
{
    const struct connection *conn = annotation->conn;

    return conn != NULL && rows != NULL && conn->id < rows->len
               ? g_array_index(rows, uint32_t, conn->id)
               : 0;
}

/* ---- what Wireshark calls ---- */

static void table_init(stat_tap_table_ui *new_stat)
{
    stat_tap_table *table = current_table();

    if (rows == NULL)
        rows = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    if (table != NULL) {
        table_reset(table);
        return;
    }
    forget_rows();
    stat_tap_add_table(new_stat, stat_tap_init_table(TITLE, CELLS, 0, NULL));
}

static tap_packet_status table_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt,
                                      const void *data, tap_flags_t flags)
{
    const struct told_segment *told = data;
    const struct annotation *annotation = told->annotation;
    stat_tap_table *table = current_table();

    (void)tapdata;
    (void)pinfo;
    (void)edt;
    (void)flags;
    if (table == NULL || annotation->conn == NULL)
        return TAP_PACKET_DONT_REDRAW;
    if (row_of(annotation) == 0)
        add_row(table, told);
    return TAP_PACKET_REDRAW;
}

static void table_free_cell(stat_tap_table *table, guint row, guint column,
                            stat_tap_table_item_type *cell)
{
    struct row_text *text = cell->user_data.ptr_value;

    (void)table;
    (void)row;
    if (column != CELL_ID || text == NULL)
        return;
    /* the cells that point into it go with it */
    g_free(text->end[SIDE_A]);
    g_free(text->end[SIDE_B]);
    g_free(text);
    cell->user_data.ptr_value = NULL;
    forget_rows();
}

/* Unlike most tables ours has rows for what is in the file: none of them outlives a reset. */
static void table_reset(stat_tap_table *table)
{
    for (guint row = 0; row < table->num_elements; row++) {
        table_free_cell(table, row, CELL_ID, &table->elements[row][CELL_ID]);
        g_free(table->elements[row]);
    }
    g_free(table->elements);
    table->elements = NULL;
    table->num_elements = 0;
    forget_rows();
}

void connections_refresh(const struct annotation *annotation, bool first_pass)
{
    uint32_t row = row_of(annotation);
    stat_tap_table *table = row != 0 ? current_table() : NULL;

    if (table != NULL && row <= table->num_elements)
        write_row(table->elements[row - 1], annotation->conn, first_pass);
}

void connections_register(const char *tap)
{
    ui.tap_name = tap;
    register_stat_tap_table_ui(&ui);
    register_init_routine(forget_rows);
}
