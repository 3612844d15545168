// SASLprep by ICU, with a short way for printable ASCII, which prepares to itself.
// RFC 4013 §2: map, normalise (NFKC), prohibit, check direction. Unassigned code points are allowed, as
// for queries (§2.5): a stored name cannot contain them, so it cannot match them either.
#include "reference/sasl/prepare.hpp"

#include <algorithm>
#include <memory>
#include <unicode/usprep.h>
#include <unicode/ustring.h>

namespace refmail::sasl {

namespace {

using profile_ptr = std::unique_ptr<UStringPrepProfile, decltype(&usprep_close)>;

const UStringPrepProfile* saslprep() {
    static const profile_ptr profile = [] {
        UErrorCode status = U_ZERO_ERROR;
        return profile_ptr(usprep_openByType(USPREP_RFC4013_SASLPREP, &status), &usprep_close);
    }();
    return profile.get();
}

std::optional<std::u16string> to_utf16(std::string_view utf8) {
    std::u16string out(utf8.size(), u'\0'); // never longer than the UTF-8 form
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = 0;
    u_strFromUTF8(out.data(), static_cast<int32_t>(out.size()), &length, utf8.data(),
                  static_cast<int32_t>(utf8.size()), &status);
    if (U_FAILURE(status)) return std::nullopt;
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::optional<std::string> to_utf8(std::u16string_view text) {
    std::string out(text.size() * 3, '\0');
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = 0;
    u_strToUTF8(out.data(), static_cast<int32_t>(out.size()), &length, text.data(),
                static_cast<int32_t>(text.size()), &status);
    if (U_FAILURE(status)) return std::nullopt;
    out.resize(static_cast<std::size_t>(length));
    return out;
}

} // namespace

std::optional<std::string> prepare(std::string_view utf8) {
    if (std::ranges::all_of(utf8, [](char c) { return c >= 32 && c < 127; })) return std::string(utf8);
    auto wide = to_utf16(utf8);
    if (!wide || !saslprep()) return std::nullopt;
    std::u16string prepared(wide->size() * 18 + 1, u'\0'); // the longest NFKC expansion of one code point
    UErrorCode status = U_ZERO_ERROR;
    auto length =
        usprep_prepare(saslprep(), wide->data(), static_cast<int32_t>(wide->size()), prepared.data(),
                       static_cast<int32_t>(prepared.size()), USPREP_ALLOW_UNASSIGNED, nullptr, &status);
    if (U_FAILURE(status)) return std::nullopt;
    prepared.resize(static_cast<std::size_t>(length));
    return to_utf8(prepared);
}

} // namespace refmail::sasl
