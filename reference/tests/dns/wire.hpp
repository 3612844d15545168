// DNS messages written by hand, octet by octet: what the tests feed is not made by the code under test, nor
// by the library behind it. RFC 1035 §4.1.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace wire {

inline std::string number(unsigned value, int octets) {
    std::string made;
    for (int i = octets - 1; i >= 0; --i)
        made += static_cast<char>(value >> (8 * i) & 0xff);
    return made;
}

// "mx.example.test" -> 2mx7example4test0
inline std::string name(std::string text) {
    std::string made;
    while (!text.empty()) {
        const auto dot = std::min(text.find('.'), text.size());
        made += static_cast<char>(dot) + text.substr(0, dot);
        text.erase(0, dot + 1);
    }
    return made + '\0';
}

enum { A = 1, NS = 2, CNAME = 5, SOA = 6, MX = 15, TXT = 16, AAAA = 28, OPT = 41, TLSA = 52 };
enum { qr = 0x8000, aa = 0x0400, tc = 0x0200, rd = 0x0100, ra = 0x0080, ad = 0x0020 };
enum { noerror = 0, formerr = 1, servfail = 2, nxdomain = 3, notimp = 4, refused = 5 };

inline std::string record(const std::string& owner, int type, unsigned ttl, const std::string& data,
                          int rr_class = 1) {
    return name(owner) + number(type, 2) + number(rr_class, 2) + number(ttl, 4) + number(data.size(), 2) +
           data;
}
inline std::string a(const std::string& owner, std::vector<int> octets, unsigned ttl = 60) {
    std::string data;
    for (int one : octets)
        data += static_cast<char>(one);
    return record(owner, octets.size() == 16 ? AAAA : A, ttl, data);
}
inline std::string mx(const std::string& owner, int preference, const std::string& host, unsigned ttl = 60) {
    return record(owner, MX, ttl, number(preference, 2) + name(host));
}
inline std::string cname(const std::string& owner, const std::string& target, unsigned ttl = 60) {
    return record(owner, CNAME, ttl, name(target));
}
inline std::string txt(const std::string& owner, const std::vector<std::string>& strings, unsigned ttl = 60) {
    std::string data;
    for (const auto& one : strings)
        data += static_cast<char>(one.size()) + one;
    return record(owner, TXT, ttl, data);
}
inline std::string soa(const std::string& zone, unsigned ttl, unsigned minimum) {
    return record(zone, SOA, ttl,
                  name("ns." + zone) + name("hostmaster." + zone) + number(1, 4) + number(3600, 4) +
                      number(600, 4) + number(86400, 4) + number(minimum, 4));
}

struct reply {
    int id = 0;
    int flags = qr | rd | ra;
    int code = noerror;
    std::string question; // "example.test"
    int type = MX;
    std::vector<std::string> answers, authority;
    int questions = 1;

    std::string octets() const {
        std::string made = number(id, 2) + number(flags | code, 2) + number(questions, 2) +
                           number(answers.size(), 2) + number(authority.size(), 2) + number(0, 2);
        if (questions) made += name(question) + number(type, 2) + number(1, 2);
        for (const auto& one : answers)
            made += one;
        for (const auto& one : authority)
            made += one;
        return made;
    }
};

} // namespace wire
