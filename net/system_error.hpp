// From the operating system's error codes to ours. Internal to net/: the one place that decides
// which errno is a reset, which a refusal and which our own doing.
#pragma once
#include "net/error.hpp"

#include <boost/system/error_code.hpp>

namespace net {

error error_from(const boost::system::error_code& code);
error timeout_error();
error eof_error();

} // namespace net
