/* FNV-1a over letters, for the tables of words: begin with it, take each letter, mix at the end. */
#ifndef HASHES_H
#define HASHES_H

#include <stdint.h>

#define NO_LETTER 2166136261u

static inline uint32_t with_letter(uint32_t hash, uint32_t letter) { return (hash ^ letter) * 16777619u; }

/* The highest bits are the best; tables ask for the lowest. */
static inline uint32_t mixed(uint32_t hash) { return hash ^ hash >> 15; }

#endif
