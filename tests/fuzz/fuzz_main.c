/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_NAME SECONDS SEED FILE...: calls the target with the files, then with changed copies of
 * them, until the time is over. The same seed gives the same copies.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SIZE_MAX_READ 65536

struct file {
    uint8_t *octets;
    size_t size;
};

static uint32_t random_state;

static uint32_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static int read_file(const char *name, struct file *file)
{
    FILE *stream = fopen(name, "rb");

    file->octets = malloc(SIZE_MAX_READ);
    if (stream == NULL || file->octets == NULL)
        return -1;
    file->size = fread(file->octets, 1, SIZE_MAX_READ, stream);
    return fclose(stream);
}

/* A few octets become others, mostly near or extreme ones; sometimes the end is cut off. */
static size_t change(uint8_t *octets, size_t size)
{
    static const uint8_t extremes[] = {0, 1, 0x7f, 0x80, 0xff};
    uint32_t times = 1 + next_random() % 16;

    if (size == 0)
        return 0;
    while (times-- > 0) {
        uint8_t *octet = &octets[next_random() % size];
        switch (next_random() % 4) {
        case 0:
            *octet = (uint8_t)next_random();
            break;
        case 1:
            *octet = extremes[next_random() % sizeof(extremes)];
            break;
        case 2:
            *octet ^= (uint8_t)(1U << next_random() % 8);
            break;
        default:
            *octet = (uint8_t)(*octet + 1);
            break;
        }
    }
    return next_random() % 16 == 0 ? next_random() % size : size;
}

int main(int argc, char **argv)
{
    struct file *files;
    unsigned long runs = 0;
    int count = argc - 3;
    int i;

    if (count < 1 || (files = calloc((size_t)count, sizeof(*files))) == NULL)
        return 2;
    time_t end = time(NULL) + strtol(argv[1], NULL, 10);
    random_state = (uint32_t)strtoul(argv[2], NULL, 10) | 1U;
    for (i = 0; i < count; i++) {
        if (read_file(argv[3 + i], &files[i]) != 0)
            return 2;
        LLVMFuzzerTestOneInput(files[i].octets, files[i].size);
    }
    uint8_t *copy = malloc(SIZE_MAX_READ);
    while (copy != NULL && time(NULL) < end) {
        const struct file *file = &files[next_random() % (uint32_t)count];
        memcpy(copy, file->octets, file->size);
        LLVMFuzzerTestOneInput(copy, change(copy, file->size));
        runs++;
    }
    printf("%lu changed copies of %d files\n", runs, count);
    free(copy);
    for (i = 0; i < count; i++)
        free(files[i].octets);
    free(files);
    return runs > 0 ? 0 : 1;
}
