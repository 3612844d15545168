// Unicode Normalization Form C; see the header.
#include "reference/message/normal_form.hpp"

#include "reference/message/utf8.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

namespace refmail::message {

std::string in_nfc(std::string utf8) {
    if (is_ascii(utf8) || !is_utf8(utf8)) return utf8;
    auto status = U_ZERO_ERROR;
    const auto* nfc = icu::Normalizer2::getNFCInstance(status);
    if (U_FAILURE(status)) return utf8;
    std::string out;
    icu::StringByteSink<std::string> sink(&out);
    nfc->normalizeUTF8(0, utf8, sink, nullptr, status);
    return U_FAILURE(status) ? utf8 : out;
}

} // namespace refmail::message
