// What is answered to whom; see the header.
#include "harness/world/dns_answering.hpp"

namespace mailspec::world {

struct dns_answering::impl {
    int last = 0;
};

dns_answering::dns_answering()
    : impl_(std::make_unique<impl>()) {}
dns_answering::~dns_answering() = default;

int dns_answering::add(std::shared_ptr<const dns_zone>) {
    return ++impl_->last;
}
void dns_answering::remove(int) {}

dns_reply dns_answering::answer(std::string_view, bool) {
    return {};
}

} // namespace mailspec::world
