// Records by ldns, and the words for what is wrong with one; see the header.
#include "harness/world/dns_record.hpp"

#include <fmt/core.h>
#include <ldns/ldns.h>

#include <algorithm>
#include <cctype>

namespace mailspec::world {
namespace {

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
    return text;
}

std::optional<std::uint64_t> number(std::string_view word) {
    std::uint64_t value = 0;
    if (word.empty() || word.size() > 12) return std::nullopt;
    for (const char c : word) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value;
}

struct field_kind {
    ldns_rdf_type type;
    const char* words;
    std::uint64_t largest; // 0: no plain number
};

constexpr field_kind field_kinds[] = {
    {LDNS_RDF_TYPE_DNAME, "a name", 0},
    {LDNS_RDF_TYPE_A, "an IPv4 address", 0},
    {LDNS_RDF_TYPE_AAAA, "an IPv6 address", 0},
    {LDNS_RDF_TYPE_INT8, "a number from 0 to 255", 0xff},
    {LDNS_RDF_TYPE_INT16, "a number from 0 to 65535", 0xffff},
    {LDNS_RDF_TYPE_INT32, "a number from 0 to 4294967295", 0xffffffff},
    {LDNS_RDF_TYPE_CERTIFICATE_USAGE, "a number from 0 to 255", 0xff},
    {LDNS_RDF_TYPE_SELECTOR, "a number from 0 to 255", 0xff},
    {LDNS_RDF_TYPE_MATCHING_TYPE, "a number from 0 to 255", 0xff},
    {LDNS_RDF_TYPE_PERIOD, "a time in seconds (or 5m, 1h ...)", 0},
    {LDNS_RDF_TYPE_HEX, "hexadecimal digits, an even number of them,", 0},
    {LDNS_RDF_TYPE_B64, "Base64", 0},
    {LDNS_RDF_TYPE_STR, "a text of at most 255 octets", 0},
    {LDNS_RDF_TYPE_TIME, "a time YYYYMMDDHHMMSS", 0},
    {LDNS_RDF_TYPE_TYPE, "a record type", 0},
};

const field_kind* kind_of(ldns_rdf_type type) {
    const auto found = std::ranges::find(field_kinds, type, &field_kind::type);
    return found == std::end(field_kinds) ? nullptr : found;
}

std::size_t text_length(std::string_view word) {
    if (word.starts_with('"')) word = word.substr(1, word.size() - 2);
    std::size_t octets = 0;
    for (std::size_t i = 0; i < word.size(); ++i, ++octets)
        if (word[i] == '\\')
            i += i + 1 < word.size() && std::isdigit(static_cast<unsigned char>(word[i + 1])) ? 3 : 1;
    return octets;
}

bool fits(const std::string& word, const field_kind& kind, const dns_name& origin) {
    if (kind.largest > 0) {
        const auto value = number(word);
        return value && *value <= kind.largest;
    }
    if (kind.type == LDNS_RDF_TYPE_DNAME) return dns_name::parse(word, origin).has_value();
    if (kind.type == LDNS_RDF_TYPE_STR) return text_length(word) <= 255;
    if (kind.type == LDNS_RDF_TYPE_PERIOD) return read_ttl(word).has_value();
    if (kind.type == LDNS_RDF_TYPE_HEX)
        return word.size() % 2 == 0 &&
               std::ranges::all_of(word, [](unsigned char c) { return std::isxdigit(c); });
    ldns_rdf* made = ldns_rdf_new_frm_str(kind.type, word.c_str());
    ldns_rdf_deep_free(made);
    return made != nullptr;
}

// The first field that is not what the type wants there; empty: none is.
std::string wrong_field(std::uint16_t type, std::span<const std::string> data, const dns_name& origin) {
    const auto* form = ldns_rr_descript(type);
    if (!form || (!data.empty() && data[0] == "\\#")) return {};
    const auto least = ldns_rr_descriptor_minimum(form);
    const auto most = ldns_rr_descriptor_maximum(form);
    // Digits may be written in groups, with blanks between.
    const auto in_groups = [](const field_kind* kind) {
        return kind && (kind->type == LDNS_RDF_TYPE_HEX || kind->type == LDNS_RDF_TYPE_B64);
    };
    for (std::size_t i = 0; i < std::max(least, data.size()); ++i) {
        if (i >= most) {
            if (most > 0 && in_groups(kind_of(ldns_rr_descriptor_field_type(form, most - 1)))) return {};
            return fmt::format("`{}` is one word too many", data[i]);
        }
        const auto* kind = kind_of(ldns_rr_descriptor_field_type(form, i));
        if (i >= data.size())
            return fmt::format("{} is missing at its end", kind ? kind->words : "more data");
        if (kind && !(in_groups(kind) && data.size() > most) && !fits(data[i], *kind, origin))
            return fmt::format("`{}` stands where {} belongs", data[i], kind->words);
    }
    return {};
}

struct freed_text {
    char* text;
    ~freed_text() { free(text); }
};

} // namespace

std::optional<std::uint32_t> read_ttl(std::string_view word) {
    std::uint64_t total = 0, value = 0;
    bool digits = false;
    if (word.empty() || word.size() > 20) return std::nullopt;
    for (const char c : word) {
        const auto unit = std::string_view("smhdw").find(static_cast<char>(c | 0x20));
        if (c >= '0' && c <= '9') {
            value = value * 10 + static_cast<unsigned>(c - '0');
            digits = true;
        } else if (digits && unit != std::string_view::npos) {
            constexpr std::uint64_t seconds[] = {1, 60, 3600, 86400, 604800};
            total += value * seconds[unit];
            value = 0;
            digits = false;
        } else {
            return std::nullopt;
        }
        if (total + value > 0x7fffffff) return std::nullopt; // RFC 2181 §8
    }
    return static_cast<std::uint32_t>(total + value);
}

std::uint16_t read_type(const std::string& word) {
    const auto name = upper(word);
    if (name.starts_with("TYPE")) {
        const auto value = number(std::string_view(name).substr(4));
        return value && *value <= 0xffff ? static_cast<std::uint16_t>(*value) : 0;
    }
    return static_cast<std::uint16_t>(ldns_get_rr_type_by_name(name.c_str()));
}

std::string name_of_type(std::uint16_t type) {
    const freed_text name{ldns_rr_type2str(static_cast<ldns_rr_type>(type))};
    return name.text ? name.text : fmt::format("TYPE{}", type);
}

std::expected<dns_record, std::string> read_record(const dns_name& owner, std::span<const std::string> words,
                                                   std::uint32_t default_ttl, const dns_name& origin) {
    std::uint32_t ttl = default_ttl;
    // RFC 1035 §5.1: [TTL] [class] or [class] [TTL].
    for (int i = 0; i < 2 && !words.empty(); ++i) {
        const auto word = upper(words[0]);
        if (const auto time = read_ttl(word))
            ttl = *time;
        else if (word == "CH" || word == "HS")
            return std::unexpected(fmt::format("class {}: only IN is served", word));
        else if (word != "IN")
            break;
        words = words.subspan(1);
    }
    if (words.empty()) return std::unexpected("the type is missing; a record is `NAME [TTL] TYPE DATA`");
    dns_record made;
    made.owner = owner;
    made.type = read_type(words[0]);
    if (made.type == 0)
        return std::unexpected(
            fmt::format("`{}` is no record type; a record is `NAME [TTL] TYPE DATA`", words[0]));
    // RFC 1035 §3.2.3, RFC 6895 §3.1: from 128 to 255 are types of questions only.
    if (made.type == LDNS_RR_TYPE_OPT || (made.type >= 128 && made.type <= 255))
        return std::unexpected(
            fmt::format("{} stands in questions, never in a zone", name_of_type(made.type)));
    std::string line;
    for (const auto& word : words)
        line += (line.empty() ? "" : " ") + word;
    if (const auto wrong = wrong_field(made.type, words.subspan(1), origin); !wrong.empty())
        return std::unexpected(fmt::format("`{}`: {}", line, wrong));
    const auto text = fmt::format("{}{} {} IN {}", owner.text(), owner.is_root() ? "" : ".", ttl, line);
    ldns_rdf* below = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, origin.wire().size(), origin.wire().data());
    ldns_rr* rr = nullptr;
    const auto status = ldns_rr_new_frm_str(&rr, text.c_str(), ttl, below, nullptr);
    ldns_rdf_deep_free(below);
    if (status != LDNS_STATUS_OK)
        return std::unexpected(fmt::format("`{}`: {}", line, ldns_get_errorstr_by_id(status)));
    made.rr = {rr, &ldns_rr_free};
    return made;
}

std::shared_ptr<ldns_rr> pointing_record(const dns_name& owner, std::uint32_t ttl, std::uint16_t type,
                                         const dns_name& target) {
    const auto as_data = [](const dns_name& name) {
        return ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name.wire().size(), name.wire().data());
    };
    ldns_rr* made = ldns_rr_new_frm_type(static_cast<ldns_rr_type>(type));
    ldns_rr_set_owner(made, as_data(owner));
    ldns_rr_set_ttl(made, ttl);
    ldns_rr_set_class(made, LDNS_RR_CLASS_IN);
    const bool mx = type == LDNS_RR_TYPE_MX;
    if (mx) ldns_rr_set_rdf(made, ldns_native2rdf_int16(LDNS_RDF_TYPE_INT16, 0), 0);
    ldns_rr_set_rdf(made, as_data(target), mx ? 1 : 0);
    return {made, &ldns_rr_free};
}

} // namespace mailspec::world
