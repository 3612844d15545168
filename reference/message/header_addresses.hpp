// The addresses in header fields (From, To, Cc, ...): address-list of RFC 5322 §3.4, groups included,
// and its obsolete forms (§4.4: empty list elements, routes, blanks around dots, dots in names).
// Refuses an address without a domain (RFC 6409 §4.2 wants every domain fully qualified), unless the caller
// means to complete it.
#pragma once
#include "reference/message/path.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace refmail::message {

// `body`: the field's text behind the colon, folds and all. An empty group gives no address; a list with
// neither address nor group is an error.
parsed<std::vector<mailbox>> parse_address_list(std::string_view body,
                                                characters allowed = characters::ascii);

// Where in `body` an "@" and a domain are missing: behind local-parts that stand alone. An error is what
// parse_address_list() would make of it, too.
parsed<std::vector<std::size_t>> find_missing_domains(std::string_view body,
                                                      characters allowed = characters::ascii);

} // namespace refmail::message
