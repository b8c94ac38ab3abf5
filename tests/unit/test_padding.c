/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which zeros behind an ACK are padding. */
#include "check.h"
#include "padding.h"

#include <string.h>

static uint8_t octets[60];
static const uint8_t here[4] = {10, 1, 0, 1};
static const uint8_t there[4] = {10, 2, 0, 2};
static const struct checksum_addresses addresses = {here, there, 4};

/* The checksum as a sender makes it that counts `summed` octets. */
static void sum_up(size_t summed)
{
    uint32_t sum = 6 + (uint32_t)summed;

    memset(octets + 16, 0, 2);
    for (unsigned i = 0; i < 4; i += 2)
        sum += (uint32_t)(here[i] << 8 | here[i + 1]) + (uint32_t)(there[i] << 8 | there[i + 1]);
    for (size_t i = 0; i < summed; i += 2)
        sum += (uint32_t)(octets[i] << 8 | octets[i + 1]);
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    octets[16] = (uint8_t)(~sum >> 8);
    octets[17] = (uint8_t)~sum;
}

static uint32_t left_of(uint32_t payload, uint32_t packet_len, unsigned flags)
{
    struct segment segment = {.payload_len = payload,
                              .payload_captured = payload,
                              .len = payload,
                              .header_len = 20,
                              .flags = (uint16_t)flags,
                              .octets = octets};

    padding_drop(&segment, packet_len, &addresses);
    CHECK_UINT(segment.len, segment.payload_len);
    CHECK_UINT(segment.payload_captured, segment.payload_len);
    return segment.payload_len;
}

static void test_shape(void)
{
    sum_up(20);
    CHECK_UINT(left_of(6, 46, FLAG_ACK), 0);
    CHECK_UINT(left_of(2, 42, FLAG_ACK), 0);
    CHECK_UINT(left_of(8, 46, FLAG_ACK), 0);
    CHECK_UINT(left_of(9, 46, FLAG_ACK), 9);
    CHECK_UINT(left_of(6, 45, FLAG_ACK), 6);
    CHECK_UINT(left_of(6, 47, FLAG_ACK), 6);
    CHECK_UINT(left_of(6, 46, FLAG_ACK | FLAG_PSH), 6);
    CHECK_UINT(left_of(6, 46, FLAG_ACK | FLAG_FIN), 6);
    CHECK_UINT(left_of(6, 46, FLAG_RST | FLAG_ACK), 6);
    octets[25] = 1; /* the last one */
    CHECK_UINT(left_of(6, 46, FLAG_ACK), 6);
    CHECK_UINT(left_of(5, 46, FLAG_ACK), 0);
    octets[25] = 0;
}

/* Only the checksum tells who made the zeros. */
static void test_sum(void)
{
    sum_up(26);
    CHECK_UINT(left_of(6, 46, FLAG_ACK), 6);
    sum_up(20);
    octets[17] ^= 1;
    CHECK_UINT(left_of(6, 46, FLAG_ACK), 6);
}

static void test_cut(void)
{
    struct segment cut = {.payload_len = 5,
                          .payload_captured = 4,
                          .header_len = 20,
                          .flags = FLAG_ACK,
                          .octets = octets};

    sum_up(20);
    padding_drop(&cut, 46, &addresses);
    CHECK_UINT(cut.payload_len, 5);
}

int main(void)
{
    octets[12] = 0x50;
    octets[13] = FLAG_ACK;
    test_shape();
    test_sum();
    test_cut();
    return check_status();
}
