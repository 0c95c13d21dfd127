#pragma once

#include <string_view>

/// Text files of cells, looked at before they are parsed.
namespace tassei {

/// Whether a line may end within quotes, so that a parser may not cut the text at any line. Says so too
/// where quotes do not pair up, or one stands within a cell.
[[nodiscard]] bool line_ends_in_quotes(std::string_view text, char delimiter = ',', char quote = '"');

}  // namespace tassei
