#include "shim.h"

#include <string.h>

/*
 * sendmsg and recvmsg access the caller's memory directly. So it is copied once in each direction, and a bad pointer
 * gives EFAULT. An address above the user address space would make recvmsg fail before it removes the message. So no
 * segment is offered for such an address, and results for it give EFAULT.
 */
#if defined(__riscv)
#define HIGHEST (UINT64_C(1) << 38)
#elif defined(__LP64__)
#define HIGHEST ((UINT64_C(1) << 47) - 4096)
#else
#define HIGHEST ((UINT64_C(1) << 32) - 4096)
#endif

#define INLINE_MOST (32u << 10) /* longer segments go through shared memory; docs/benchmarks.md */
#define MESSAGE_ROOM (CDS_MESSAGE - sizeof(struct cds_call) - CDS_SEGMENTS * sizeof(struct cds_segment))
#define LENGTH_MOST (1 << 20)

bool cds_map_check(struct cds_map *map, size_t bytes, uint32_t entries)
{
	if (entries > bytes / sizeof(struct cds_map_entry))
		return false;
	size_t rest = bytes - entries * sizeof(struct cds_map_entry);
	map->entry_count = entries;
	map->field_count = (unsigned)(rest / sizeof(struct cds_map_field));
	map->entries = (const void *)map->bytes;
	map->fields = (const void *)(map->bytes + entries * sizeof(struct cds_map_entry));
	for (unsigned n = 0; n < entries; n++) {
		const struct cds_map_entry *entry = &map->entries[n];
		if (entry->size > CDS_STRUCT_MOST || entry->first + entry->fields > map->field_count)
			return false;
	}
	for (unsigned n = 0; n < map->field_count; n++) {
		const struct cds_map_field *field = &map->fields[n];
		if (field->first + field->fields > map->field_count || (field->flags & CDS_ARRAY && field->size < 8))
			return false;
	}
	return rest % sizeof(struct cds_map_field) == 0;
}

const struct cds_map_entry *cds_map_find(const struct cds_map *map, uint32_t request)
{
	for (unsigned n = 0; n < map->entry_count; n++)
		if (map->entries[n].request == request)
			return &map->entries[n];
	return NULL;
}

static uint64_t number(const unsigned char *at, unsigned width)
{
	uint16_t half;
	uint32_t word;
	uint64_t wide;
	switch (width) {
	case 2:
		memcpy(&half, at, sizeof half);
		return half;
	case 4:
		memcpy(&word, at, sizeof word);
		return word;
	case 8:
		memcpy(&wide, at, sizeof wide);
		return wide;
	default:
		return 0;
	}
}

bool cds_is_plausible(uint64_t address, uint64_t length)
{
	return address <= HIGHEST && length <= HIGHEST - address;
}

/*
 * local: a copy of the bytes of an incoming segment that was already read. NULL: the bytes are in the caller's memory.
 */
static void add(struct cds_plan *plan, uint64_t address, uint64_t length, unsigned flags, void *local)
{
	if (length == 0 || flags == 0 || plan->segments == CDS_SEGMENTS || length > CDS_SHARED_MOST || address == 0)
		return;
	if (!cds_is_plausible(address, length)) {
		flags &= ~CDS_OUT;
		if (!(flags & CDS_IN) || !local)
			return;
	}
	struct cds_segment *segment = &plan->segment[plan->segments];
	if (length > INLINE_MOST || (flags & CDS_IN && plan->in_bytes + length > MESSAGE_ROOM) ||
	    (flags & CDS_OUT && plan->out_bytes + length > MESSAGE_ROOM)) {
		/* If input and output are the same bytes (encryption in place), they share one segment. */
		for (unsigned n = 0; n < plan->segments; n++) {
			struct cds_segment *other = &plan->segment[n];
			if (other->flags & CDS_PLACED && other->address == address && other->length == length) {
				other->flags |= flags;
				return;
			}
		}
		if (local || plan->placed + length > CDS_SHARED_MOST)
			return;
		*segment = (struct cds_segment){ address, (uint32_t)length, flags | CDS_PLACED, plan->placed };
		plan->placed += (size_t)((length + 63) & ~UINT64_C(63));
		plan->segments++;
		return;
	}
	*segment = (struct cds_segment){ address, (uint32_t)length, flags, 0 };
	plan->segments++;
	if (flags & CDS_IN) {
		plan->in[2 + plan->ins++] = (struct iovec){ local ? local : (void *)(uintptr_t)address, (size_t)length };
		plan->in_bytes += (size_t)length;
	}
	if (flags & CDS_OUT) {
		plan->out[1 + plan->outs++] = (struct iovec){ (void *)(uintptr_t)address, (size_t)length };
		plan->out_bytes += (size_t)length;
	}
}

static struct cds_length_entry *lengths_for(struct cds_length_entry *lengths, uint32_t request, uint64_t key)
{
	uint64_t mixed = (key ^ request) * UINT64_C(0x9e3779b97f4a7c15);
	struct cds_length_entry *entry = &lengths[mixed >> 59];
	if (entry->key != key || entry->request != request) {
		entry->key = key;
		entry->request = request;
		for (unsigned n = 0; n < CDS_LENGTH_FIELDS; n++)
			entry->in[n] = entry->out[n] = CDS_UNKNOWN;
	}
	return entry;
}

struct owner { /* the struct that contains a field */
	const unsigned char *bytes;
	size_t size;
	struct cds_length_entry *entry;
	unsigned used;
};

static void add_fields(struct cds_plan *plan, const struct cds_map *map, struct owner *owner, unsigned first, unsigned fields,
		       uint32_t request, struct cds_length_entry *lengths);

static void add_cached(struct cds_plan *plan, struct owner *owner, uint64_t address, uint64_t base)
{
	unsigned which = owner->used++;
	if (which >= CDS_LENGTH_FIELDS || plan->cached_fields == CDS_SEGMENTS || address == 0)
		return;
	plan->cached_field[plan->cached_fields++] = (struct cds_cached_field){ address, (int64_t)base, owner->entry, which };
	int64_t in = (int64_t)base + owner->entry->in[which], out = (int64_t)base + owner->entry->out[which];
	bool knows_in = owner->entry->in[which] != CDS_UNKNOWN && in > 0, knows_out = owner->entry->out[which] != CDS_UNKNOWN && out > 0;
	if (knows_in && knows_out && in == out) {
		add(plan, address, (uint64_t)in, CDS_IN | CDS_OUT, NULL);
		return;
	}
	if (knows_in)
		add(plan, address, (uint64_t)in, CDS_IN, NULL);
	if (knows_out)
		add(plan, address, (uint64_t)out, CDS_OUT, NULL);
}

static void add_array(struct cds_plan *plan, const struct cds_map *map, const struct cds_map_field *field, uint64_t address,
		      uint64_t length, uint32_t request, struct cds_length_entry *lengths)
{
	if (length > CDS_ARRAY_MOST || !(field->flags & CDS_IN) || field->fields == 0) {
		add(plan, address, length, field->flags & (CDS_IN | CDS_OUT), NULL);
		return;
	}
	if (address == 0 || !cds_read(plan->array, address, (size_t)length))
		return;
	add(plan, address, length, field->flags & (CDS_IN | CDS_OUT), plan->array);
	for (uint64_t at = 0; at + field->size <= length; at += field->size) {
		const unsigned char *element = plan->array + at;
		struct owner owner = { element, field->size, lengths_for(lengths, request, number(element, 8)), 0 };
		add_fields(plan, map, &owner, field->first, field->fields, request, lengths);
	}
}

static void add_fields(struct cds_plan *plan, const struct cds_map *map, struct owner *owner, unsigned first, unsigned fields,
		       uint32_t request, struct cds_length_entry *lengths)
{
	for (unsigned n = first; n < first + fields; n++) {
		const struct cds_map_field *field = &map->fields[n];
		if (field->pointer + sizeof(void *) > owner->size || field->length + (size_t)field->width > owner->size ||
		    field->low + 2u > owner->size || field->high + 2u > owner->size)
			continue;
		uint64_t address = number(owner->bytes + field->pointer, sizeof(void *));
		uint64_t length = field->width == 0 ? field->size : number(owner->bytes + field->length, field->width);
		if (length > CDS_SHARED_MOST * UINT64_C(8))
			continue;
		if (field->unit == CDS_UNIT_BITS)
			length = (length + 7) / 8;
		else if (field->unit == CDS_UNIT_ELEMENTS)
			length *= field->size;
		if (field->flags & CDS_CACHED) {
			add_cached(plan, owner, address, length);
		} else if (field->flags & CDS_ARRAY) {
			/* There are no arrays within arrays, and only one buffer for an array. */
			if (owner->bytes == plan->argument)
				add_array(plan, map, field, address, length, request, lengths);
		} else if (field->flags & CDS_PARAM) {
			uint64_t low = number(owner->bytes + field->low, 2), high = low + number(owner->bytes + field->high, 2);
			if (field->index < high)
				add(plan, address, length, field->index < low ? CDS_IN : CDS_OUT, NULL);
		} else {
			add(plan, address, length, field->flags & (CDS_IN | CDS_OUT), NULL);
		}
	}
}

void cds_plan_make(struct cds_plan *plan, const struct cds_map *map, const struct cds_map_entry *entry, uint64_t argument,
		   struct cds_length_entry *lengths)
{
	plan->segments = plan->ins = plan->outs = plan->cached_fields = 0;
	plan->in_bytes = plan->out_bytes = plan->placed = 0;
	if (!entry || !entry->size)
		return;
	if (!(entry->direction & CDS_IN)) {
		add(plan, argument, entry->size, entry->direction, NULL);
		return;
	}
	if (!cds_read(plan->argument, argument, entry->size))
		return;
	add(plan, argument, entry->size, entry->direction, plan->argument);
	if (entry->fields == 0 || entry->size < 8)
		return;
	struct owner owner = { plan->argument, entry->size, lengths_for(lengths, entry->request, number(plan->argument, 8)), 0 };
	add_fields(plan, map, &owner, entry->first, entry->fields, entry->request, lengths);
}

void cds_plan_note_length(struct cds_plan *plan, uint64_t address, uint32_t length, bool out)
{
	for (unsigned n = 0; n < plan->cached_fields; n++) {
		const struct cds_cached_field *cached_field = &plan->cached_field[n];
		int64_t more = (int64_t)length - cached_field->base;
		if (cached_field->address != address || more > LENGTH_MOST || more < -LENGTH_MOST)
			continue;
		*(out ? &cached_field->entry->out[cached_field->field] : &cached_field->entry->in[cached_field->field]) = (int32_t)more;
		return;
	}
}
