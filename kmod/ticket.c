// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names and tickets of address spaces
 */
#include <linux/random.h>
#include <linux/siphash.h>

#include "ticket.h"

struct memmon_ticket memmon_tickets[MEMMON_TICKETS];

static siphash_key_t secret __ro_after_init;

void __init memmon_ticket_init(void)
{
	get_random_bytes(&secret, sizeof(secret));
}

u64 memmon_ticket_mm_id(u64 life)
{
	return siphash_1u64(life, &secret) ?: 1;
}
