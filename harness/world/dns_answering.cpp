// From question octets to answer octets: the faults, the limits of UDP, and what is logged. See the header.
#include "harness/world/dns_answering.hpp"

#include "harness/world/dns_lookup.hpp"

#include <fmt/core.h>
#include <ldns/ldns.h>

#include <algorithm>

namespace mailspec::world {
namespace {

using kind = dns_fault::kind;

constexpr std::size_t least_udp = 512;  // RFC 1035 §4.2.1
constexpr std::size_t most_udp = 16384; // of what a querier offers: the loopback carries it whole

// What is in an answer, for people: the first few records.
std::string summary(const dns_response& r) {
    constexpr std::size_t most = 4;
    std::string out;
    for (std::size_t i = 0; i < std::min(most, r.answer.size()); ++i) {
        char* text = ldns_rr2str(r.answer[i].get());
        std::string line(text ? text : "");
        LDNS_FREE(text);
        while (!line.empty() && line.back() == '\n')
            line.pop_back();
        std::ranges::replace(line, '\t', ' ');
        out += (i ? "; " : "") + line;
    }
    if (r.answer.size() > most) out += fmt::format("; and {} more", r.answer.size() - most);
    return out;
}

} // namespace

struct dns_answering::impl {
    zones_by_number zones;
    std::map<int, std::vector<int>> used; // by zone, for each fault: how often it was met
    int last = 0;

    const dns_fault* fault_for(int number, const dns_query& q);
    dns_reply answer(const dns_query& q, bool over_tcp);
    void whole(const dns_query& q, const dns_fault* fault, dns_reply& into);
    void with_fault(const dns_query& q, const dns_fault& fault, dns_reply& into);
    std::string trap(dns_query q, const dns_fault& fault, int number) const;
    void say_other(const dns_query& q, const dns_fault& fault, dns_reply& into);
};

dns_answering::dns_answering()
    : impl_(std::make_unique<impl>()) {}
dns_answering::~dns_answering() = default;

int dns_answering::add(std::shared_ptr<const dns_zone> zone) {
    const int number = ++impl_->last;
    impl_->used[number].resize(zone->data().faults.size());
    impl_->zones[number] = std::move(zone);
    return number;
}

void dns_answering::remove(int zone) {
    impl_->zones.erase(zone);
    impl_->used.erase(zone);
}

// The first that concerns the question and is not used up.
const dns_fault* dns_answering::impl::fault_for(int number, const dns_query& q) {
    const auto zone = zones.find(number);
    if (zone == zones.end()) return nullptr;
    const auto& faults = zone->second->data().faults;
    for (std::size_t i = 0; i < faults.size(); ++i) {
        if (!faults[i].concerns(q.name, q.type)) continue;
        const int met = used[number][i]++;
        if (faults[i].first && met >= *faults[i].first) continue;
        if (met < faults[i].after) continue;
        return &faults[i];
    }
    return nullptr;
}

namespace {

void say(dns_reply& into, const dns_query& q, const dns_response& r, std::string what) {
    into.messages.push_back(write_message(q, r));
    into.asked->answered = std::move(what);
    into.asked->records = summary(r);
}

void say_code(dns_reply& into, const dns_query& q, int rcode) {
    dns_response r;
    r.rcode = rcode;
    say(into, q, r, name_of_rcode(rcode));
}

// What fits over UDP, or TC and nothing (RFC 2181 §9: a part of a set is worth nothing).
void say_within_limits(dns_reply& into, const dns_query& q, const dns_response& r) {
    say(into, q, r, name_of_rcode(r.rcode));
    const std::size_t offered = q.edns ? q.edns->udp_size : least_udp;
    const auto limit = into.asked->over_tcp ? largest_dns_message : std::clamp(offered, least_udp, most_udp);
    if (into.messages.back().size() <= limit) return;
    into.messages.pop_back();
    dns_response cut = r;
    cut.truncated = true;
    cut.answer = cut.authority = cut.additional = {};
    say(into, q, cut, "truncated");
}

} // namespace

void dns_answering::impl::whole(const dns_query& q, const dns_fault* fault, dns_reply& into) {
    auto found = look_up(zones, q.name, q.type);
    // RFC 4035 §3.2.3, RFC 6840 §5.7: AD is for those who ask by DO or AD.
    const bool wanted = q.authentic_data || (q.edns && q.edns->dnssec_ok);
    const bool bogus = fault && fault->what == kind::bogus;
    found.response.authentic = wanted && found.secure && !bogus;
    say_within_limits(into, q, found.response);
}

// An answer for somebody else: to another id, or to another question. A querier that takes it goes to
// `mx.trap`.
std::string dns_answering::impl::trap(dns_query q, const dns_fault& fault, int number) const {
    const auto& zone = zones.at(number)->data();
    dns_response r;
    r.authoritative = true;
    if (const auto lure = dns_name::parse("mx.trap", zone.origin)) {
        const bool mx = q.type == LDNS_RR_TYPE_MX;
        r.answer = {pointing_record(q.name, 60, mx ? LDNS_RR_TYPE_MX : LDNS_RR_TYPE_CNAME, *lure)};
        const auto address = look_up(zones, *lure, LDNS_RR_TYPE_A);
        std::ranges::copy(address.response.answer, std::back_inserter(mx ? r.additional : r.answer));
    }
    if (fault.what == kind::wrong_id)
        q.id ^= 0x5555;
    else if (const auto other = dns_name::parse("wrong.trap", zone.origin))
        q.name_as_sent = other->wire();
    return write_message(q, r);
}

void dns_answering::impl::with_fault(const dns_query& q, const dns_fault& fault, dns_reply& into) {
    const auto& zone = zones.at(into.zone)->data();
    const auto no_cache = [&] { return dns_record_set{negative_soa(zone, q.name, 0)}; };
    dns_response r;
    r.authoritative = true;
    switch (fault.what) {
    case kind::servfail: return say_code(into, q, LDNS_RCODE_SERVFAIL);
    case kind::refused: return say_code(into, q, LDNS_RCODE_REFUSED);
    case kind::formerr: return say_code(into, q, LDNS_RCODE_FORMERR);
    case kind::notimp: return say_code(into, q, LDNS_RCODE_NOTIMPL);
    case kind::nxdomain:
        r.rcode = LDNS_RCODE_NXDOMAIN;
        r.authority = no_cache(); // so that `FIRST 1` means the first question, not the first minute
        return say(into, q, r, "NXDOMAIN");
    case kind::nodata: r.authority = no_cache(); return say(into, q, r, "NODATA");
    case kind::timeout: into.asked->answered = "nothing"; return;
    case kind::delay: into.delay = fault.delay; return whole(q, &fault, into);
    case kind::truncate:
    case kind::truncate_broken:
        if (!into.asked->over_tcp) {
            r.truncated = true;
            return say(into, q, r, "truncated");
        }
        if (fault.what == kind::truncate) return whole(q, &fault, into);
        into.closes = true;
        into.asked->answered = "closed";
        return;
    case kind::wrong_id:
    case kind::wrong_name:
        into.messages.push_back(trap(q, fault, into.zone));
        whole(q, &fault, into);
        into.asked->answered = fmt::format("a wrong answer, then {}", into.asked->answered);
        return;
    case kind::garbage: {
        // The id is right, so that it cannot be passed over as a stray; nothing else is.
        std::string octets;
        octets += static_cast<char>(q.id >> 8);
        octets += static_cast<char>(q.id & 0xff);
        octets += "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xc0\x0c\xc0\x0c this is no DNS message \xff";
        into.messages.push_back(std::move(octets));
        into.asked->answered = "garbage";
        return;
    }
    case kind::lame:
        // RFC 1912 §2.8: a server that was named for a zone and does not serve it points elsewhere.
        r.authoritative = r.recursion_available = false;
        r.authority = {
            pointing_record(dns_name(), 60, LDNS_RR_TYPE_NS, *dns_name::absolute("ns.elsewhere.invalid"))};
        return say(into, q, r, "lame");
    case kind::bogus:
        if (q.checking_disabled) return whole(q, &fault, into);
        return say_code(into, q, LDNS_RCODE_SERVFAIL);
    case kind::as: return say_other(q, fault, into);
    }
}

// A record that has changed: the name leads to another one, by a CNAME that nobody may keep.
void dns_answering::impl::say_other(const dns_query& q, const dns_fault& fault, dns_reply& into) {
    auto found = look_up(zones, fault.other, q.type);
    auto& answer = found.response.answer;
    answer.insert(answer.begin(), pointing_record(q.name, 0, LDNS_RR_TYPE_CNAME, fault.other));
    const bool wanted = q.authentic_data || (q.edns && q.edns->dnssec_ok);
    found.response.authentic = wanted && found.secure;
    say_within_limits(into, q, found.response);
}

dns_reply dns_answering::impl::answer(const dns_query& q, bool over_tcp) {
    dns_reply made;
    dns_question asked;
    asked.name = q.name.text();
    asked.type = name_of_type(q.type);
    asked.over_tcp = over_tcp;
    asked.edns = q.edns.has_value();
    asked.dnssec = q.edns && q.edns->dnssec_ok;
    made.asked = std::move(asked);
    made.zone = zone_of(zones, q.name);
    if (q.edns && q.edns->version != 0) {
        say_code(made, q, 16); // RFC 6891 §6.1.3: BADVERS
    } else if (q.klass != LDNS_RR_CLASS_IN && q.klass != LDNS_RR_CLASS_ANY) {
        say_code(made, q, LDNS_RCODE_REFUSED);
    } else if (q.type == LDNS_RR_TYPE_AXFR || q.type == LDNS_RR_TYPE_IXFR) {
        say_code(made, q, LDNS_RCODE_REFUSED);
    } else if (const auto* fault = fault_for(made.zone, q)) {
        with_fault(q, *fault, made);
    } else {
        whole(q, nullptr, made);
    }
    return made;
}

dns_reply dns_answering::answer(std::string_view octets, bool over_tcp) {
    const auto q = read_query(octets);
    if (q.is == dns_query::form::question) return impl_->answer(q, over_tcp);
    dns_reply made;
    if (q.is == dns_query::form::no_query) return made;
    dns_response r;
    r.rcode = q.is == dns_query::form::not_supported ? LDNS_RCODE_NOTIMPL : LDNS_RCODE_FORMERR;
    made.messages.push_back(write_message(q, r));
    return made;
}

} // namespace mailspec::world
