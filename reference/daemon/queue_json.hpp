// An entry of the queue as the control port shows it. Times as ISO 8601.
#pragma once
#include "reference/queue/backlog.hpp"
#include "reference/queue/entry.hpp"

#include <boost/json/object.hpp>

namespace refmail::daemon {

// "held", "under way", "due" or "waiting"
std::string_view state_of(const queue::backlog& all, queue::backlog::number which);

boost::json::object to_json(const queue::entry& e, const queue::backlog& all, queue::backlog::number which);

} // namespace refmail::daemon
