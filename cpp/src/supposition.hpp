#pragma once

#include <optional>
#include <vector>

#include "days.hpp"
#include "tassei/assessment.hpp"
#include "tassei/question.hpp"
#include "tassei/record.hpp"

/// One person's sheet, evaluated by the plainest means, with some unknowns supposed to be known.
namespace tassei {

/// What an unknown is supposed to be.
struct Answer {
    Cell cell;
    Day day = no_day;
    bool full = false;
    std::vector<int> words;  ///< which read alike
    double low = 0;          ///< numbers that read alike
    double high = infinity;
    bool low_open = false;
    bool high_open = false;
};

/// An unknown that may decide the sheet, and the answers that make a difference.
struct Unknown {
    Question::Kind kind = Question::Kind::word;
    int table = 0;
    std::size_t record = 0;
    int column = -1;
    std::vector<Answer> answers;
};

class Supposition {
public:
    Supposition(const Assessment& assessment, std::int64_t person, int sheet);

    /// The unknowns that a criterion still depends on.
    [[nodiscard]] std::vector<Unknown> unknowns();

    /// Leaves an unknown unknown.
    void clear(const Unknown& unknown);
    /// Supposes that it is, for each test, what is best, or worst, for the sheet: a bound on every answer.
    void relax(const Unknown& unknown);
    void answer(const Unknown& unknown, const Answer& answer);

    /// The sheet; what is relaxed is best for it if `good`, else worst.
    [[nodiscard]] Truth status(bool good) {
        settled_.assign(2 * framework_.sheets.size(), {});
        return sheet(sheet_, good);
    }

    /// Whether a part of the sheet is negated, so that an early start may be too early.
    [[nodiscard]] bool negated() const { return negated_; }
    /// Whether the answers to a set were too many to be listed.
    [[nodiscard]] bool shortened() const { return shortened_; }
    [[nodiscard]] std::int64_t row(const Unknown& unknown) const;
    [[nodiscard]] Cell written(const Unknown& unknown) const;  ///< what the cell says
    [[nodiscard]] Day end(const Unknown& unknown) const;       ///< the last day of a record that counts

private:
    enum class Supposed : std::uint8_t { no, relaxed, empty, full };
    struct Record {
        std::int64_t row = 0;
        std::vector<Cell> cells;
        std::vector<bool> relaxed;  ///< by column
        Day start = no_day;
        Day end = no_day;
        bool weak = false;
        bool day_relaxed = false;
        std::int32_t identity = -1;
    };
    struct Table {
        bool supplied = false;
        Supposed supposed = Supposed::no;
        std::vector<Record> records;
    };
    struct Tested {
        std::vector<const OneOf*> words;
        std::vector<const Contains*> sets;
        std::vector<const Between*> numbers;
        bool kinds = false;
    };

    void load(std::int64_t person);
    void reach(const Criterion& criterion);
    void reach_sheet(int sheet);
    void reach(const Condition& condition, int table);

    [[nodiscard]] Truth sheet(int index, bool good);
    [[nodiscard]] Truth criterion(const Criterion& criterion, bool good);
    [[nodiscard]] Truth condition(const Condition& condition, const Record& record, bool good) const;
    [[nodiscard]] Truth counts(int table, const Record& record, bool good) const;
    [[nodiscard]] Truth truth(int table, const Record& record, const Condition& where, bool good) const;
    [[nodiscard]] Range without_table(int table, double most, bool good) const;
    [[nodiscard]] Range days(int table, const Condition& where, double (*measure)(Periods), bool good) const;
    [[nodiscard]] Range count(int table, const Condition& where, const Condition* also, bool good) const;
    [[nodiscard]] Range kinds(const Distinct& f, bool good) const;

    void ask_sheet(int index, std::vector<Unknown>& found);
    void ask(const Criterion& criterion, std::vector<Unknown>& found);
    void ask_records(int table, const Condition& where, const Condition* also, bool timed, int kinds_column,
                     std::vector<Unknown>& found);
    void ask_cells(const Condition& condition, int table, std::size_t record, std::vector<Unknown>& found);
    static void add(Unknown unknown, std::vector<Unknown>& found);
    [[nodiscard]] std::vector<Answer> word_answers(int table, int column) const;
    [[nodiscard]] std::vector<Answer> set_answers(int table, const Cell& cell, int column);
    [[nodiscard]] std::vector<Answer> number_answers(int table, int column) const;

    const Framework& framework_;
    const Evidence& evidence_;
    const Options& options_;
    int sheet_;
    std::vector<Clock> clocks_;
    std::vector<Table> tables_;
    std::vector<std::vector<Tested>> tested_;  // by table, by column
    std::vector<bool> reached_;                // by sheet
    std::vector<bool> asked_;                  // by sheet: its unknowns are found
    std::vector<std::optional<Truth>> settled_;  // by sheet, if bad and if good: many may ask for one
    double longest_ = 1;                       // days that some criterion requires
    bool negated_ = false;
    bool shortened_ = false;
};

}  // namespace tassei
