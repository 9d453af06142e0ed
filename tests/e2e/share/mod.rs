//! One ledger, many clones, through a bare repository by path and a server process on loopback.

mod attach;
mod clone;
mod crowd;
mod cut;
mod doubt;
mod offline;
mod overtaken;
mod pull;
mod purge;
mod remote;
