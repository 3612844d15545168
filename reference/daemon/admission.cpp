// How many sessions there may be; see the header.
#include "reference/daemon/admission.hpp"

namespace refmail::daemon {

admission::verdict admission::enter(const std::string& address, std::unique_ptr<pass>& into) {
    const std::lock_guard hold(lock_);
    if (total_ >= in_all_) return verdict::full;
    std::size_t& here = by_address_[address];
    if (here >= per_address_) return verdict::too_many_from_there;
    ++here;
    ++total_;
    into = std::make_unique<pass>(*this, address);
    return verdict::admitted;
}

void admission::leave(const std::string& address) {
    const std::lock_guard hold(lock_);
    --total_;
    if (const auto at = by_address_.find(address); --at->second == 0) by_address_.erase(at);
}

std::size_t admission::now() const {
    const std::lock_guard hold(lock_);
    return total_;
}

} // namespace refmail::daemon
