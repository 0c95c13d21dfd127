#include "tassei/values.hpp"

namespace tassei {

PieceFinder::PieceFinder(std::vector<std::int64_t> ends) : ends_(std::move(ends)) {
    if (ends_.size() < 2) return;
    // about as many starting points as pieces
    const auto rows = ends_.back();
    while ((rows >> shift_) > static_cast<std::int64_t>(2 * ends_.size())) ++shift_;
    std::uint32_t piece = 0;
    for (std::int64_t row = 0; row < rows; row += std::int64_t{1} << shift_) {
        while (row >= ends_[piece]) ++piece;
        starts_.push_back(piece);
    }
}

Values::Values(Width width, std::vector<Piece> pieces, std::shared_ptr<const void> owner)
    : width_(width), owner_(std::move(owner)) {
    std::vector<std::int64_t> ends;
    for (auto& piece : pieces) {
        if (piece.rows == 0) continue;
        piece.first = rows_;
        rows_ += piece.rows;
        pieces_.push_back(piece);
        ends.push_back(rows_);
    }
    finder_ = PieceFinder(std::move(ends));
}

}  // namespace tassei
