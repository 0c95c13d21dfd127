#pragma once

#include <map>
#include <vector>

#include "person.hpp"
#include "supply.hpp"

namespace tassei {

inline constexpr double tolerance = 1e-9;  ///< between costs, which are sums

/// Gaps of one person after the other; of one thread.
class GapFinder {
public:
    struct Found {
        Way way;
        bool found = false;
    };

    GapFinder(const Assessment& assessment, const Demands& demands, const Lookup& lookup, const Costs& costs)
        : a_(assessment),
          plan_(*assessment.plan),
          demands_(demands),
          evaluator_(plan_, *assessment.evidence, assessment.options, lookup),
          supplier_(plan_, demands, costs, assessment.options.min_verification),
          targets_(plan_.sheets.size()) {}

    /// Reads a person; what is asked next is about them.
    void look(std::int64_t person);

    /// The cheapest way, or none.
    Found best(int sheet);

    /// Every minimal way; the empty one where nothing is missing.
    Ways all(int sheet);

    /// Open criteria of the sheets that are asked for, and what they lack.
    void lacks(int sheet, std::vector<std::int32_t>& criteria, std::vector<double>& missing);

    [[nodiscard]] const Supplier& supplier() const { return supplier_; }

private:
    /// What is asked for: sheets that all have to be met, and their demands.
    struct Target {
        std::vector<int> sheets;
        std::vector<int> demands;
    };

    /// What a table lacks for a set of demands.
    struct Part {
        Shortage shortage;
        std::vector<double> days;         // by open demand: missing
        std::vector<double> stretches;    // by open demand: missing of a stretch, should it begin anew; else 0
        std::vector<std::int64_t> rows;   // of the running records
        bool hopeless = false;
    };

    [[nodiscard]] const Target& target(int sheet);
    /// How much a criterion lacks, in its unit; 0 where it is met.
    [[nodiscard]] double missing(int criterion) const;
    [[nodiscard]] Range quantity(int aggregate) const;
    [[nodiscard]] const Demand& demand(int d) const { return demands_.demands[static_cast<std::size_t>(d)]; }

    void hold(const Target& target);

    const DemandSets& smallest_sets(int sheet, const Target& target);

    /// Aggregates that must not reach something that they do not reach now.
    [[nodiscard]] std::vector<int> frozen(const Target& target) const;

    Found cheapest_of(const DemandSets& sets, const std::vector<int>& frozen);

    std::vector<Part> parts(const DemandSet& set, const std::vector<int>& frozen, bool& exact);

    Part part(int table, std::span<const int> wanted, const std::vector<int>& frozen);

    /// Words that certainly count already.
    Word seen(const Aggregate& aggregate) const;

    /// Days of the stretch that certainly counts up to now.
    double days_up_to_now(const Aggregate& aggregate) const;

    /// Running records, each with the demands for days that it serves.
    void run_on(Part& part) const;

    /// The additions of one list of records, with days spread over them and over running records.
    Found spread(const Part& part, const Supply& supply);

    Found cheapest(const DemandSet& set, const std::vector<int>& frozen);

    static void join(Way& way, const Way& more);

    /// Every combination of the tables' lists of records, with running records going on or without them.
    std::vector<Way> ways_of(const std::vector<Part>& parts, bool exact);

    std::vector<Way> ways_of(const Part& part);

    /// What would do as well in each cell of a new record.
    std::vector<Leeway> leeway(const Addition& addition, const DemandSet& set,
                               const std::vector<int>& frozen) const;

    /// Whether one record fewer would do for one of the sets that are asked for.
    [[nodiscard]] bool in_vain(const Way& way, const std::vector<std::vector<Part>>& asked) const;

    /// Whether additions certainly bring about all that a part lacks.
    [[nodiscard]] bool answered(const Part& part, const std::vector<Addition>& additions) const;

    /// Drops each way that holds all of one that costs no more.
    static void keep_minimal(std::vector<Way>& ways);

    const Assessment& a_;
    const Plan& plan_;
    const Demands& demands_;
    PersonEvaluator evaluator_;
    Supplier supplier_;
    std::vector<Target> targets_;
    std::map<std::vector<Word>, DemandSets> sets_;
    std::int64_t person_ = 0;
    std::vector<bool> holds_;
};

/// Whether a way costs less, or as much with fewer records.
[[nodiscard]] bool cheaper(const Way& a, const Way& b);

}  // namespace tassei
