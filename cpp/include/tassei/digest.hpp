#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tassei/evidence.hpp"
#include "tassei/text_index.hpp"

/// What evidence says as a few bytes: the same for the same evidence, whatever its order, coding or file.
namespace tassei {

/// BLAKE2b without a key (RFC 7693).
class Blake2b {
public:
    /// `size`: bytes of the digest, 1 to 64.
    explicit Blake2b(std::size_t size);

    void add(std::string_view bytes);
    /// Writes the digest; nothing can be added afterwards.
    void finish(std::span<std::uint8_t> digest);

private:
    void compress(bool last);

    std::array<std::uint64_t, 8> state_{};
    std::array<std::uint8_t, 128> block_{};
    std::size_t filled_ = 0;
    std::uint64_t length_ = 0;
};

using PersonDigest = std::array<std::uint8_t, 16>;
using TableDigest = std::array<std::uint8_t, 32>;

/// A column of a table on its way into a digest, in the order in which cells are to be taken.
struct DigestColumn {
    int column = -1;                         ///< of the table
    std::uint64_t tag = 0;                   ///< stands before a date, a number and a text
    std::span<const std::uint64_t> words{};  ///< stands for a word, or for one of the distinct sets
    std::optional<TextColumn> texts{};       ///< cells that are taken as text
};

/// By person: a digest of the id and of the rows, whose order does not matter; zeros where there are none.
[[nodiscard]] std::vector<PersonDigest> person_digests(const TableData& table, const TextColumn& ids,
                                                       std::span<const DigestColumn> columns, int threads);

/// The digest of all persons' digests but the zeros, whose order does not matter.
[[nodiscard]] TableDigest digest(std::span<const PersonDigest> persons);

}  // namespace tassei
