// Questions as octets, and answers as text, for the tests of the DNS.
#pragma once
#include "harness/world/dns_answering.hpp"

#include <boost/test/unit_test.hpp>
#include <ldns/ldns.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>

namespace mailspec::testing {

struct asked_with {
    bool ad = false, cd = false;
    int edns = -1; // the UDP size; -1: no EDNS
    bool dnssec = false;
};

inline std::string octets16(unsigned n) {
    return {static_cast<char>(n >> 8), static_cast<char>(n & 0xff)};
}

inline std::string wire_name(const std::string& text) { // without escapes
    std::string wire;
    std::istringstream labels(text);
    for (std::string label; std::getline(labels, label, '.');)
        if (!label.empty()) wire += static_cast<char>(label.size()) + label;
    return wire + '\0';
}

// RFC 1035 §4.1, by hand: id 0x1234, RD.
inline std::string question(const std::string& name, unsigned type, const asked_with& with = {}) {
    std::string octets("\x12\x34", 2);
    octets += octets16(0x0100u | (with.ad ? 0x20u : 0u) | (with.cd ? 0x10u : 0u));
    octets += octets16(1) + octets16(0) + octets16(0) + octets16(with.edns >= 0 ? 1 : 0);
    octets += wire_name(name) + octets16(type) + octets16(1);
    if (with.edns >= 0) // RFC 6891 §6.1.2
        octets += std::string(1, '\0') + octets16(41) + octets16(static_cast<unsigned>(with.edns)) +
                  octets16(0) + octets16(with.dnssec ? 0x8000 : 0) + octets16(0);
    return octets;
}

inline std::string line_of(const ldns_rr* rr) {
    char* text = ldns_rr2str(rr);
    std::string line(text);
    free(text);
    std::replace(line.begin(), line.end(), '\t', ' ');
    while (!line.empty() && (line.back() == '\n' || line.back() == ' '))
        line.pop_back();
    return line;
}

// "NOERROR aa ra", then a line a record: "an", "ns", "ar". Empty lines never.
inline std::string shown(const std::string& octets) {
    ldns_pkt* packet = nullptr;
    if (ldns_wire2pkt(&packet, reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()) !=
        LDNS_STATUS_OK)
        return "no message";
    char* code = ldns_pkt_rcode2str(ldns_pkt_get_rcode(packet));
    std::string out(code);
    free(code);
    if (ldns_pkt_id(packet) != 0x1234) out += " id=" + std::to_string(ldns_pkt_id(packet));
    if (!ldns_pkt_qr(packet)) out += " no-response";
    if (ldns_pkt_aa(packet)) out += " aa";
    if (ldns_pkt_tc(packet)) out += " tc";
    if (ldns_pkt_ra(packet)) out += " ra";
    if (ldns_pkt_ad(packet)) out += " ad";
    if (ldns_pkt_edns(packet)) out += ldns_pkt_edns_do(packet) ? " edns do" : " edns";
    const std::pair<const char*, ldns_rr_list*> sections[] = {{"an ", ldns_pkt_answer(packet)},
                                                              {"ns ", ldns_pkt_authority(packet)},
                                                              {"ar ", ldns_pkt_additional(packet)}};
    for (const auto& [name, list] : sections)
        for (std::size_t i = 0; i < ldns_rr_list_rr_count(list); ++i)
            out += "\n" + (name + line_of(ldns_rr_list_rr(list, i)));
    ldns_pkt_free(packet);
    return out;
}

inline std::shared_ptr<const world::dns_zone> zone(const std::string& text,
                                                   const std::string& origin = "z.test") {
    auto made = world::dns_zone::parse(text, origin);
    BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().front().text));
    return *made;
}

// A zone, asked.
class asked_zone {
  public:
    explicit asked_zone(const std::string& text, const std::string& origin = "z.test") {
        number_ = answers.add(zone(text, origin));
    }
    world::dns_reply reply(const std::string& name, unsigned type, const asked_with& with = {},
                           bool tcp = false) {
        return answers.answer(question(name, type, with), tcp);
    }
    std::string ask(const std::string& name, unsigned type, const asked_with& with = {}, bool tcp = false) {
        const auto got = reply(name, type, with, tcp);
        std::string out;
        for (const auto& message : got.messages)
            out += (out.empty() ? "" : "\n--\n") + shown(message);
        return out;
    }
    int number() const { return number_; }
    world::dns_answering answers;

  private:
    int number_ = 0;
};

enum : unsigned {
    A = 1,
    NS = 2,
    CNAME = 5,
    SOA = 6,
    PTR = 12,
    MX = 15,
    TXT = 16,
    AAAA = 28,
    SRV = 33,
    DS = 43,
    TLSA = 52,
    AXFR = 252,
    ANY = 255
};

} // namespace mailspec::testing
