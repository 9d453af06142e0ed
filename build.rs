//! Writes the `o200k` vocabulary as a table that is looked up where it lies, so that counting tokens loads nothing.
//!
//! The tokens come from the package `tiktoken-rs`, which the program itself does not contain. What is written is read
//! by `src/render/vocabulary.rs`: tokens in the order of their buckets, where each bucket begins, and for each token
//! where its bytes begin and its rank.

use std::{env, error::Error, fs, path::Path};

#[path = "src/render/bucket.rs"]
mod bucket;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/render/bucket.rs");
    let vocabulary = tiktoken_rs::o200k_base()?;
    let mut buckets = vec![Vec::new(); 1 << bucket::BITS];
    for rank in 0_u32.. {
        let Ok(token) = vocabulary.decode_bytes(&[rank]) else { break };
        if let Some(bucket) = buckets.get_mut(bucket::bucket(&token)) {
            bucket.push((rank, token));
        }
    }
    let (mut starts, mut tokens, mut text) = (Vec::new(), Vec::new(), Vec::new());
    let mut count = 0_u32;
    for bucket in buckets {
        starts.extend(count.to_le_bytes());
        for (rank, token) in bucket {
            tokens.extend(u32::try_from(text.len())?.to_le_bytes());
            tokens.extend(rank.to_le_bytes());
            text.extend(token);
            count += 1;
        }
    }
    starts.extend(count.to_le_bytes());
    tokens.extend(u32::try_from(text.len())?.to_le_bytes());
    let folder = env::var("OUT_DIR")?;
    for (name, bytes) in [("o200k.starts", starts), ("o200k.tokens", tokens), ("o200k.text", text)] {
        fs::write(Path::new(&folder).join(name), bytes)?;
    }
    Ok(())
}
