// Octets of an open file: read, written, moved, cut off and digested at a place in it. Every failure is a
// value. Knows no mail; buffers nothing.
#pragma once
#include "reference/store/disk_error.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace refmail::store {

struct mbox_extent {
    std::uint64_t offset = 0, length = 0;
};

std::uint64_t octets_in(int file); // 0 when it cannot be told

// What is there of it.
result<std::string> read_octets(int file, const mbox_extent& where, const std::string& path);
result<void> each_piece(int file, const mbox_extent& where, const std::string& path,
                        const std::function<result<void>(std::string_view)>& seen);
result<std::string> digest_of_octets(int file, const mbox_extent& where);

result<void> write_octets(int file, std::uint64_t at, std::string_view octets, const std::string& path);
result<void> cut_off(int file, std::uint64_t size); // synced

} // namespace refmail::store
