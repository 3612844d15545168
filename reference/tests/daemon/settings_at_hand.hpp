// Settings for tests, made as users make them: by a configuration file and by options; and what is said of
// wrong ones.
#pragma once
#include "reference/daemon/command_line.hpp"
#include "reference/daemon/configuration.hpp"
#include "reference/daemon/configuration_error.hpp"

#include <string>
#include <vector>

namespace refmail::testing {

// All that a configuration file must have.
inline const std::string least =
    "domains: d.test\ndata: /srv/mail\nlisten: { smtp: 127.0.0.1:25 }\naccounts:\n"
    "  - { user: alice, password: \"$scrypt$ln=14,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\" }\n";

inline daemon::settings serve(std::vector<const char*> words) {
    words.insert(words.begin(), {"refmaild", "--ports", "0", "--data", "mail"});
    return daemon::parse_command_line(static_cast<int>(words.size()), words.data()).how;
}

template <class Action>
std::string complaint(Action action) {
    try {
        action();
    } catch (const daemon::configuration_error& e) {
        return e.what();
    }
    return "none";
}

} // namespace refmail::testing
