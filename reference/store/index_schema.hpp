// The tables of an account's index, their version, and what a start must know of the end before it.
#pragma once
#include "reference/store/database.hpp"

namespace refmail::store {

// Within a transaction. An index of another program or of a later version fails.
void make_schema(database& db);
bool is_foreign(database& db);

// After a power loss the last commits may be gone. Mod-sequences that were told then must not be given twice:
// a start in another boot, after no orderly end, goes on far beyond them (RFC 7162 §3.1.1).
void note_start(database& db);
void note_end(database& db);

} // namespace refmail::store
