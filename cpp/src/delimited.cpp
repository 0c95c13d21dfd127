#include "tassei/delimited.hpp"

#include <cstring>

namespace tassei {

bool line_ends_in_quotes(std::string_view text, char delimiter, char quote) {
    const char* at = text.data();
    const char* const end = at + text.size();
    const auto find = [&](const char* from, char letter, const char* to) {
        return static_cast<const char*>(std::memchr(from, letter, static_cast<std::size_t>(to - from)));
    };
    const char* closed = nullptr;
    while (at < end && (at = find(at, quote, end)) != nullptr) {
        const bool opens = at == text.data() || at[-1] == delimiter || at[-1] == '\n' || at[-1] == '\r';
        const bool doubled = closed != nullptr && at == closed + 1;
        if (!opens && !doubled) return true;  // a quote within a cell: from here on nothing pairs up
        const char* close = find(at + 1, quote, end);
        if (close == nullptr) return true;
        if (find(at, '\n', close) != nullptr || find(at, '\r', close) != nullptr) return true;
        closed = close;
        at = close + 1;
    }
    return false;
}

}  // namespace tassei
