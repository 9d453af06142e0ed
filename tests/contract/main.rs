//! Contracts: one suite per port, run against every adapter, so that no twin can flatter.

#[cfg(test)]
mod damage;
#[cfg(test)]
mod discovery;
#[cfg(test)]
mod index;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod provider;
#[cfg(test)]
mod scaffold;
#[cfg(test)]
mod signer;
#[cfg(test)]
mod store;
#[cfg(test)]
mod tree;
#[cfg(test)]
mod upkeep;
#[cfg(test)]
mod wire;
#[cfg(test)]
mod world;
