// The names of the failures, as reports and logs print them.
#include "net/error.hpp"

namespace net {

const char* name_of(failure f) {
    switch (f) {
    case failure::eof: return "eof";
    case failure::reset: return "reset";
    case failure::timeout: return "timeout";
    case failure::refused: return "refused";
    case failure::resolve: return "resolve";
    case failure::tls: return "tls";
    case failure::closed: return "closed";
    case failure::other: return "other";
    }
    return "other";
}

} // namespace net
