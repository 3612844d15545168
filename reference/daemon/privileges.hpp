// From root to nobody in particular, once the ports are bound and the key is read.
#pragma once
#include <string>

namespace refmail::daemon {

// Does nothing when not root. Throws configuration_error: no such user or group, or the system
// refuses. `folder`: the data folder, which is handed to that user.
void drop_privileges(const std::string& user, const std::string& group, const std::string& folder);

// As many descriptors as the system grants: a session needs one, a delivery a few.
void raise_descriptor_limit();

} // namespace refmail::daemon
