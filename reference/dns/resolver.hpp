// Questions to the DNS, as routing asks them. An interface: stub.hpp asks a name server over UDP and TCP,
// tests answer from a table. Names are without the last dot, in A-labels, compared without regard to case.
#pragma once
#include "net/byte_stream.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace refmail::dns {

enum class record_type : std::uint16_t {
    a = 1,
    cname = 5,
    ptr = 12,
    mx = 15,
    txt = 16,
    aaaa = 28,
    tlsa = 52
};

struct mx_data {
    std::uint16_t preference = 0;
    std::string host; // empty: the root, i.e. null MX (RFC 7505)
    bool operator==(const mx_data&) const = default;
};
struct tlsa_data {
    std::uint8_t usage = 0, selector = 0, matching = 0;
    std::string association; // octets
    bool operator==(const tlsa_data&) const = default;
};
// A, AAAA: the address as text. CNAME, PTR: a name. TXT: its strings joined (RFC 7208 §3.3, RFC 8461 §3.1).
using record_data = std::variant<std::string, mx_data, tlsa_data>;

struct answer {
    enum class kind {
        found,
        no_data,     // the name exists, the type does not (NOERROR without it)
        no_name,     // NXDOMAIN
        unavailable, // SERVFAIL, REFUSED, timeout, garbage: ask again later
    };
    answer::kind what = kind::unavailable;
    std::vector<record_data> records; // found: in the order of the answer
    std::string name;                 // what it was found under, when CNAMEs led there; else the question's;
                                      // in small letters
    bool secure = false;              // AD: validated by the resolver, which must be trusted (RFC 7672 §2.2)
    std::uint32_t ttl = 0;            // seconds; negative answers: of the SOA
    std::string why;                  // for people: whose fault, of what kind; not with found
};

class resolver {
  public:
    virtual ~resolver() = default;
    // Follows CNAMEs, unless they are asked for (within the answer and by further questions, up to ten).
    // A loop of them, or a longer chain, is no_data: nobody will ever find something there.
    virtual net::task<answer> ask(std::string name, record_type type) = 0;
};

} // namespace refmail::dns
