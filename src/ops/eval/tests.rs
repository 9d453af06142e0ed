//! Runs, announcements and evidence, on a project in memory.
