/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fuzz target: one function, as libFuzzer calls it. Where the compiler has no libFuzzer,
 * fuzz_main.c calls it with changed copies of the files it is given.
 */
#ifndef TCPSTATE_TESTS_FUZZ_H
#define TCPSTATE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/** Must survive any octets; aborts where what it looks at is wrong. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size);

#endif
