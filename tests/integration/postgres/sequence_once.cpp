// Runs one batch of the sequencer and ends: the process that the ledger test kills at a failpoint.
// Usage: sequence_once DSN EVENTS_MAX (the test's DSN names a unix socket and holds no secret).
#include <cstdlib>

#include "lineage/sequencer.h"
#include "tests/integration/postgres/migrated_database.h"

int main(int argc, char** argv) {
    using namespace pedigree;
    if (argc != 3) {
        return 2;
    }
    store::Pool pool(Secret(argv[1]), test::pool_as("pedigree_sequencer", 1));
    const auto step = lineage::Sequencer(pool, {.batch_events_max = std::atoi(argv[2])}).step();
    return step ? 0 : 1;
}
