#pragma once
// What the command left behind, also in sessions and process groups of its own. As PID 1 all other
// processes of the container are meant; elsewhere, as in tests, all that descend from this process,
// which must be a subreaper: the children of what dies become its own.

namespace pedigree::launcher {

// Sends SIGKILL. What is forked meanwhile is met when it is called again after the next SIGCHLD,
// until nothing is left to wait for.
void kill_others();

} // namespace pedigree::launcher
