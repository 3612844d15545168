// The one place where Asio's own code is compiled. All other files see its declarations only
// (BOOST_ASIO_SEPARATE_COMPILATION), which keeps a rebuild of one file short. TLS is ours
// (tls_engine.cpp), so Asio's SSL part is not needed.
#include <boost/asio/impl/src.hpp>
