// Questions and answers as octets; see the header.
#include "reference/dns/message.hpp"

#include <fmt/core.h>
#include <ldns/ldns.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>

namespace refmail::dns {
namespace {

struct packet_freer {
    void operator()(ldns_pkt* p) const { ldns_pkt_free(p); }
};
using packet = std::unique_ptr<ldns_pkt, packet_freer>;

struct text_freer {
    void operator()(char* text) const { std::free(text); }
};

std::string text_of(const ldns_rdf* data) {
    const std::unique_ptr<char, text_freer> text(ldns_rdf2str(data));
    return text ? text.get() : "";
}

// "mx.example.test." -> "mx.example.test"; the root -> "".
std::string name_of(const ldns_rdf* data) {
    std::string name = in_small_letters(text_of(data));
    if (name.ends_with('.')) name.pop_back();
    return name;
}

std::string_view octets_of(const ldns_rdf* data) {
    return {reinterpret_cast<const char*>(ldns_rdf_data(data)), ldns_rdf_size(data)};
}

// RFC 2181 §8: a TTL with the highest bit set is one of zero.
std::uint32_t ttl_of(const ldns_rr* record) {
    const std::uint32_t ttl = ldns_rr_ttl(record);
    return ttl > 0x7fffffff ? 0 : ttl;
}

ldns_rr_type ldns_type(record_type type) {
    return static_cast<ldns_rr_type>(type);
}

std::optional<record_data> data_of(const ldns_rr* record, record_type type) {
    const std::size_t count = ldns_rr_rd_count(record);
    const auto field = [&](std::size_t i) { return ldns_rr_rdf(record, i); };
    switch (type) {
    case record_type::a:
    case record_type::aaaa:
        if (count == 1) return record_data(text_of(field(0)));
        break;
    case record_type::cname:
    case record_type::ptr:
        if (count == 1) return record_data(name_of(field(0)));
        break;
    case record_type::mx:
        if (count == 2) return record_data(mx_data{ldns_rdf2native_int16(field(0)), name_of(field(1))});
        break;
    case record_type::txt: {
        std::string whole;
        for (std::size_t i = 0; i < count; ++i)
            whole += octets_of(field(i)).substr(1); // each begins with its length
        return record_data(whole);
    }
    case record_type::tlsa:
        if (count == 4)
            return record_data(tlsa_data{ldns_rdf2native_int8(field(0)), ldns_rdf2native_int8(field(1)),
                                         ldns_rdf2native_int8(field(2)), std::string(octets_of(field(3)))});
        break;
    }
    return std::nullopt;
}

// The records of one section that matter to us, with their owners as text.
struct record {
    std::string owner;
    const ldns_rr* data;
    bool is(record_type type) const { return ldns_rr_get_type(data) == ldns_type(type); }
};

std::vector<record> records_of(const ldns_rr_list* section) {
    std::vector<record> all;
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(section); ++i) {
        const ldns_rr* rr = ldns_rr_list_rr(section, i);
        if (ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN && ldns_rr_owner(rr))
            all.push_back({name_of(ldns_rr_owner(rr)), rr});
    }
    return all;
}

bool is_below(std::string_view name, std::string_view zone) {
    return zone.empty() || name == zone ||
           (name.ends_with(zone) && name.size() > zone.size() && name[name.size() - zone.size() - 1] == '.');
}

// RFC 1035 §4.1.2: an answer repeats the question. A server that cannot read one may leave it away.
bool repeats(const ldns_pkt* packet, const question& asked) {
    const ldns_rr_list* questions = ldns_pkt_question(packet);
    const auto code = ldns_pkt_get_rcode(packet);
    if (ldns_rr_list_rr_count(questions) == 0)
        return code == LDNS_RCODE_FORMERR || code == LDNS_RCODE_NOTIMPL;
    if (ldns_rr_list_rr_count(questions) != 1) return false;
    const ldns_rr* one = ldns_rr_list_rr(questions, 0);
    return ldns_rr_get_type(one) == ldns_type(asked.type) && ldns_rr_get_class(one) == LDNS_RR_CLASS_IN &&
           name_of(ldns_rr_owner(one)) == asked.name;
}

// Follows the aliases within an answer; `ttl` becomes the least on the way. False: they lead in a circle or
// too far.
bool follow_aliases(const std::vector<record>& answers, record_type type, response& into) {
    std::set<std::string> seen{into.answer.name};
    while (type != record_type::cname) {
        const auto alias = std::ranges::find_if(answers, [&](const record& one) {
            return one.is(record_type::cname) && one.owner == into.answer.name;
        });
        if (alias == answers.end()) break;
        const auto target = data_of(alias->data, record_type::cname);
        if (!target) return false;
        into.answer.name = std::get<std::string>(*target);
        into.answer.ttl = std::min(into.answer.ttl, ttl_of(alias->data));
        if (++into.aliases > most_aliases || !seen.insert(into.answer.name).second) return false;
    }
    return true;
}

// RFC 2308 §5: a negative answer lives as long as its SOA and no longer than the SOA's minimum; without a SOA
// it must not be kept.
std::uint32_t negative_ttl(const std::vector<record>& authority, const std::string& name) {
    for (const auto& one : authority)
        if (ldns_rr_get_type(one.data) == LDNS_RR_TYPE_SOA && ldns_rr_rd_count(one.data) == 7 &&
            is_below(name, one.owner))
            return std::min(ttl_of(one.data), ldns_rdf2native_int32(ldns_rr_rdf(one.data, 6)));
    return 0;
}

bool has(const std::vector<record>& section, ldns_rr_type type, const std::string& name) {
    return std::ranges::any_of(section, [&](const record& one) {
        return ldns_rr_get_type(one.data) == type && is_below(name, one.owner);
    });
}

// NOERROR without a record: of which of the kinds of RFC 2308 §2.2?
void judge_empty(const std::vector<record>& authority, const question& asked, response& into) {
    auto& answer = into.answer;
    const bool has_soa = has(authority, LDNS_RR_TYPE_SOA, answer.name);
    if (into.aliases > 0 && !has_soa) {
        into.next = answer.name; // RFC 7672 §2.1.3: the question is repeated at the target of the alias
        return;
    }
    const bool refers = std::ranges::any_of(
        authority, [](const record& one) { return ldns_rr_get_type(one.data) == LDNS_RR_TYPE_NS; });
    if (!has_soa && refers) {
        answer.what = answer::kind::unavailable;
        answer.why = "the name server refers to others instead of answering: it is no resolver";
        return;
    }
    answer.what = answer::kind::no_data;
    answer.why = fmt::format("{} has no {} record", answer.name, type_name(asked.type));
    answer.ttl = std::min(answer.ttl, negative_ttl(authority, answer.name));
}

void judge(const ldns_pkt* packet, const question& asked, response& into) {
    const auto answers = records_of(ldns_pkt_answer(packet));
    const auto authority = records_of(ldns_pkt_authority(packet));
    auto& answer = into.answer;
    answer.name = asked.name;
    answer.ttl = 0x7fffffff;
    // RFC 6840 §5.8: AD means something only to who asked for it.
    answer.secure = asked.dnssec && ldns_pkt_ad(packet);
    const int code = ldns_pkt_get_rcode(packet) | ldns_pkt_edns_extended_rcode(packet) << 4;
    if (code != LDNS_RCODE_NOERROR && code != LDNS_RCODE_NXDOMAIN) {
        answer.secure = false;
        const auto* known = ldns_lookup_by_id(ldns_rcodes, code);
        answer.why = fmt::format("the name server says {}", known ? known->name : std::to_string(code));
        return;
    }
    if (!follow_aliases(answers, asked.type, into)) {
        answer.what = answer::kind::no_data;
        answer.why = fmt::format("CNAME loop at {}", asked.name);
        return;
    }
    if (code == LDNS_RCODE_NXDOMAIN) {
        // RFC 6604 §3: of the name where the aliases lead.
        answer.what = answer::kind::no_name;
        answer.why = fmt::format("there is no domain {}", answer.name);
        answer.ttl = std::min(answer.ttl, negative_ttl(authority, answer.name));
        return;
    }
    for (const auto& one : answers) {
        if (!one.is(asked.type) || one.owner != answer.name) continue;
        auto data = data_of(one.data, asked.type);
        if (!data) continue;
        answer.records.push_back(std::move(*data));
        answer.ttl = std::min(answer.ttl, ttl_of(one.data));
    }
    if (answer.records.empty()) return judge_empty(authority, asked, into);
    answer.what = answer::kind::found;
}

} // namespace

std::string in_small_letters(std::string_view name) {
    std::string small(name);
    for (char& c : small)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return small;
}

std::string type_name(record_type type) {
    const std::unique_ptr<char, text_freer> text(ldns_rr_type2str(ldns_type(type)));
    return text ? text.get() : "";
}

bool is_domain_name(std::string_view text) {
    // RFC 1035 §2.3.4: 255 octets on the wire are 253 in text.
    if (text.empty() || text.size() > 253) return false;
    std::size_t label = 0;
    for (const char c : text) {
        if (c == '.') {
            if (label == 0) return false;
            label = 0;
            continue;
        }
        // RFC 1035 §5.1: what stands for something else in a master file would be another name there.
        if (c <= ' ' || c > '~' || std::string_view("\\\"();@$").find(c) != std::string_view::npos)
            return false;
        if (++label > 63) return false;
    }
    return label > 0;
}

std::string write_question(const question& what) {
    ldns_rdf* name = ldns_dname_new_frm_str(what.name.c_str());
    if (!name) return {};
    const packet asks(ldns_pkt_query_new(name, ldns_type(what.type), LDNS_RR_CLASS_IN, LDNS_RD));
    if (!asks) return {};
    ldns_pkt_set_id(asks.get(), what.id);
    if (what.edns) ldns_pkt_set_edns_udp_size(asks.get(), udp_size);
    if (what.edns && what.dnssec) ldns_pkt_set_edns_do(asks.get(), true);
    std::uint8_t* octets = nullptr;
    std::size_t size = 0;
    if (ldns_pkt2wire(&octets, asks.get(), &size) != LDNS_STATUS_OK) return {};
    const std::string wire(reinterpret_cast<char*>(octets), size);
    std::free(octets);
    return wire;
}

response read_response(std::string_view octets, const question& asked) {
    response made;
    const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(octets[i]); };
    if (octets.size() < 12 || (octet(0) << 8 | octet(1)) != asked.id) return made;
    // A response (QR) to a standard query. The truncated is recognised before it is read, for it may end in
    // the middle of a record (RFC 2181 §9).
    const bool is_response = (octet(2) & 0xf8) == 0x80, is_truncated = octet(2) & 0x02;
    if (!is_response) return made;
    ldns_pkt* read = nullptr;
    const auto status =
        ldns_wire2pkt(&read, reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size());
    const packet whole(status == LDNS_STATUS_OK ? read : nullptr);
    if (is_truncated && (!whole || repeats(whole.get(), asked))) {
        made.what = response::kind::truncated;
        return made;
    }
    if (!whole || !repeats(whole.get(), asked)) return made;
    const int code = ldns_pkt_get_rcode(whole.get()) | ldns_pkt_edns_extended_rcode(whole.get()) << 4;
    const bool knows_no_edns = code == LDNS_RCODE_FORMERR || code == LDNS_RCODE_NOTIMPL || code == 16;
    made.what = asked.edns && knows_no_edns ? response::kind::no_edns : response::kind::complete;
    judge(whole.get(), asked, made);
    return made;
}

} // namespace refmail::dns
