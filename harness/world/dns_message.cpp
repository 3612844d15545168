// Writing answers; see the header.
#include "harness/world/dns_message.hpp"

#include <fmt/core.h>
#include <ldns/ldns.h>

#include <memory>

namespace mailspec::world {
namespace {

using packet_ptr = std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)>;

constexpr std::uint16_t our_udp_size = 1232; // without fragments everywhere (DNS flag day 2020)

ldns_rdf* name_rdf(const std::string& wire) {
    return ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, wire.size(), wire.data());
}

void push_question(ldns_pkt* packet, const std::string& name, std::uint16_t type, std::uint16_t klass) {
    ldns_rr* question = ldns_rr_new();
    ldns_rr_set_owner(question, name_rdf(name));
    ldns_rr_set_type(question, static_cast<ldns_rr_type>(type));
    ldns_rr_set_class(question, static_cast<ldns_rr_class>(klass));
    ldns_rr_set_question(question, true);
    ldns_pkt_push_rr(packet, LDNS_SECTION_QUESTION, question);
}

void push_records(ldns_pkt* packet, ldns_pkt_section section, const dns_record_set& records) {
    for (const auto& record : records)
        ldns_pkt_push_rr(packet, section, ldns_rr_clone(record.get()));
}

std::string octets_of(const ldns_pkt* packet) {
    std::uint8_t* octets = nullptr;
    std::size_t size = 0;
    if (ldns_pkt2wire(&octets, packet, &size) != LDNS_STATUS_OK) return {};
    std::string made(reinterpret_cast<const char*>(octets), size);
    LDNS_FREE(octets);
    return made;
}

} // namespace

std::string write_message(const dns_query& to, const dns_response& r) {
    const packet_ptr packet(ldns_pkt_new(), &ldns_pkt_free);
    ldns_pkt_set_id(packet.get(), to.id);
    ldns_pkt_set_qr(packet.get(), true);
    ldns_pkt_set_opcode(packet.get(), static_cast<ldns_pkt_opcode>(to.opcode));
    ldns_pkt_set_rd(packet.get(), to.recursion_desired);
    ldns_pkt_set_cd(packet.get(), to.checking_disabled);
    ldns_pkt_set_ra(packet.get(), r.recursion_available);
    ldns_pkt_set_aa(packet.get(), r.authoritative);
    ldns_pkt_set_tc(packet.get(), r.truncated);
    ldns_pkt_set_ad(packet.get(), r.authentic);
    ldns_pkt_set_rcode(packet.get(), static_cast<std::uint8_t>(r.rcode & 0xf));
    if (to.is == dns_query::form::question) push_question(packet.get(), to.name_as_sent, to.type, to.klass);
    push_records(packet.get(), LDNS_SECTION_ANSWER, r.answer);
    push_records(packet.get(), LDNS_SECTION_AUTHORITY, r.authority);
    push_records(packet.get(), LDNS_SECTION_ADDITIONAL, r.additional);
    if (to.edns) {
        ldns_pkt_set_edns_udp_size(packet.get(), our_udp_size);
        ldns_pkt_set_edns_extended_rcode(packet.get(), static_cast<std::uint8_t>(r.rcode >> 4));
        ldns_pkt_set_edns_do(packet.get(), to.edns->dnssec_ok); // RFC 3225 §3
    }
    return octets_of(packet.get());
}

std::size_t answer_size(const dns_name& name, std::uint16_t type, const dns_record_set& set) {
    dns_query asked;
    asked.is = dns_query::form::question;
    asked.name_as_sent = name.wire();
    asked.type = type;
    asked.klass = LDNS_RR_CLASS_IN;
    asked.edns = dns_query::extension{};
    dns_response all;
    all.answer = set;
    return write_message(asked, all).size();
}

std::string name_of_rcode(int rcode) {
    switch (rcode) {
    case 0: return "NOERROR";
    case 1: return "FORMERR";
    case 2: return "SERVFAIL";
    case 3: return "NXDOMAIN";
    case 4: return "NOTIMP";
    case 5: return "REFUSED";
    case 16: return "BADVERS";
    default: return fmt::format("RCODE{}", rcode);
    }
}

} // namespace mailspec::world
