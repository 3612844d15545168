// See the header.
#include "harness/world/kept_sessions.hpp"

#include <utility>

namespace mailspec::world {

kept_session kept_sessions::take(const std::string& user) {
    auto found = idle_.extract(user);
    return found ? std::move(found.mapped()) : kept_session();
}

void kept_sessions::keep(const std::string& user, kept_session one) {
    if (idle_.size() >= most_ || idle_.contains(user)) return;
    one.client->report_to({});
    idle_.emplace(user, std::move(one));
}

} // namespace mailspec::world
