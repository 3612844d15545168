// Unicode Normalization Form C, by ICU: of two ways to write the same characters the one that names of
// mailboxes have. RFC 5198 §3 (Net-Unicode), RFC 9051 §5.1. What is no UTF-8 comes back as it was.
#pragma once
#include <string>

namespace refmail::message {

std::string in_nfc(std::string utf8);

} // namespace refmail::message
