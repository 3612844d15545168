// Reading questions; see the header.
#include "harness/world/dns_query.hpp"

namespace mailspec::world {
namespace {

constexpr std::size_t header_size = 12;
constexpr std::uint16_t opt_type = 41;

class octet_reader {
  public:
    octet_reader(std::string_view all, std::size_t at)
        : all_(all)
        , at_(at) {}

    bool failed() const { return failed_; }
    bool at_end() const { return at_ >= all_.size(); }

    std::uint16_t number16() {
        const auto high = octet();
        return static_cast<std::uint16_t>(high << 8 | octet());
    }
    std::uint32_t number32() {
        const std::uint32_t high = number16();
        return high << 16 | number16();
    }
    void skip(std::size_t size) {
        if (size > all_.size() - at_)
            failed_ = true;
        else
            at_ += size;
    }

    // A name without pointers: in a question there is nothing in front that one could point to.
    std::string name() {
        std::string wire;
        for (;;) {
            const unsigned size = octet();
            if (failed_ || size > 63 || wire.size() + size + 1 > 255) return fail();
            wire += static_cast<char>(size);
            if (size == 0) return wire;
            if (size > all_.size() - at_) return fail();
            wire += all_.substr(at_, size);
            at_ += size;
        }
    }

    // Past a name that may end in a pointer (RFC 1035 §4.1.4).
    void skip_name() {
        while (!failed_) {
            const unsigned size = octet();
            if (size == 0) return;
            if (size >= 0xc0) return skip(1);
            if (size > 63)
                failed_ = true;
            else
                skip(size);
        }
    }

  private:
    unsigned octet() {
        if (at_ < all_.size()) return static_cast<unsigned char>(all_[at_++]);
        failed_ = true;
        return 0;
    }
    std::string fail() {
        failed_ = true;
        return {};
    }

    std::string_view all_;
    std::size_t at_;
    bool failed_ = false;
};

// The OPT record among the additional ones. RFC 6891 §6.1.1: more than one is a FORMERR, and its owner is the
// root. Records in the other sections are passed over.
bool read_extension(octet_reader& in, int before, int additional, dns_query& into) {
    for (int i = 0; i < before + additional; ++i) {
        octet_reader peek = in;
        const bool root = peek.name().size() == 1 && !peek.failed();
        in.skip_name();
        const auto type = in.number16();
        const auto klass = in.number16();
        const auto ttl = in.number32();
        in.skip(in.number16());
        if (in.failed()) return false;
        if (type != opt_type) continue;
        if (i < before || into.edns || !root) return false;
        // RFC 6891 §6.1.2, §6.1.3: the class is the size, the TTL holds version and flags.
        into.edns = dns_query::extension{klass, static_cast<int>(ttl >> 16 & 0xff), (ttl & 0x8000) != 0};
    }
    return true;
}

} // namespace

dns_query read_query(std::string_view octets) {
    dns_query made;
    if (octets.size() < header_size) return made;
    octet_reader in(octets, 0);
    made.id = in.number16();
    const auto flags = in.number16();
    if (flags & 0x8000) return made; // a response: who answers it starts a loop
    made.opcode = flags >> 11 & 0xf;
    made.recursion_desired = (flags & 0x0100) != 0;
    made.authentic_data = (flags & 0x0020) != 0;
    made.checking_disabled = (flags & 0x0010) != 0;
    made.is = dns_query::form::malformed;
    if (made.opcode != 0) {
        made.is = dns_query::form::not_supported;
        return made;
    }
    const auto questions = in.number16();
    const int before = in.number16() + in.number16();
    const int additional = in.number16();
    if (questions != 1) return made;
    made.name_as_sent = in.name();
    made.type = in.number16();
    made.klass = in.number16();
    if (in.failed() || !read_extension(in, before, additional, made) || !in.at_end()) return made;
    made.name = dns_name::from_wire(made.name_as_sent);
    made.is = dns_query::form::question;
    return made;
}

} // namespace mailspec::world
