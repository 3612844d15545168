// `refmaild queue ...`: looks after the queue of a running refmaild.
#pragma once
#include <boost/json/object.hpp>

#include <string>

namespace refmail::daemon {

struct queue_order {
    std::string action = "list"; // list show run hold release delete bounce
    std::string subject;         // an id; for run: a domain, or empty
    std::string control;         // the address of the control port; empty: as DATA/control says
    std::string data;
    bool json = false; // print the daemon's answer as it is
};

// Prints to standard output. Throws configuration_error. Returns the exit code: 0, or 1 when the daemon
// refused or does not answer; the reason goes to standard error.
int carry_out(const queue_order& order);

// For people: what the daemon's answers to GET /queue and GET /queue/ID say.
std::string list_text(const boost::json::object& answer);
std::string message_text(const boost::json::object& message, const std::string& now);

// "in 14 min", "2 h ago", "now": one time seen from another, both ISO 8601.
std::string seen_from(const std::string& now, const std::string& time);

} // namespace refmail::daemon
