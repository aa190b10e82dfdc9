//! A FLAC encoder that does not compress, for tests that need to lie in every field (RFC 9639).

/// How one block of one channel is written (RFC 9639, §9.2).
#[derive(Clone, Copy, PartialEq)]
pub enum Subframe {
    /// One sample that is repeated.
    Constant,
    /// Every sample.
    Verbatim,
}

/// A file of one channel for each slice, which are equally long; `bits` is 8, 16 or 24.
pub fn encode(channels: &[&[i32]], rate_hz: u32, bits: u32, block_len: usize, kind: Subframe) -> Vec<u8> {
    let samples = channels[0].len();
    let mut file = b"fLaC\x80\0\0\x22".to_vec();
    file.extend(description(channels.len(), samples as u64, rate_hz, bits, block_len));
    for (number, start) in (0..samples).step_by(block_len).enumerate() {
        let end = samples.min(start + block_len);
        let blocks: Vec<&[i32]> = channels.iter().map(|channel| &channel[start..end]).collect();
        file.extend(frame(number as u32, &blocks, bits, kind));
    }
    file
}

/// The 34 bytes of a STREAMINFO block without frame sizes and checksum (§8.2).
pub fn description(channels: usize, samples: u64, rate_hz: u32, bits: u32, block_len: usize) -> Vec<u8> {
    let block_len = (block_len as u16).to_be_bytes();
    let mut block = [block_len, block_len].concat();
    block.extend([0; 6]);
    let packed =
        u64::from(rate_hz) << 44 | (channels as u64 - 1) << 41 | u64::from(bits - 1) << 36 | samples & 0xF_FFFF_FFFF;
    block.extend(packed.to_be_bytes());
    block.extend([0; 16]);
    block
}

/// A frame whose rate and depth are the description's (§9.1).
pub fn frame(number: u32, blocks: &[&[i32]], bits: u32, kind: Subframe) -> Vec<u8> {
    let mut frame = vec![0xFF, 0xF8, 0x70, (blocks.len() as u8 - 1) << 4];
    // "Extended UTF-8": the same as UTF-8 below the surrogates.
    let number = char::from_u32(number).expect("a test has few frames");
    frame.extend(number.encode_utf8(&mut [0; 4]).bytes());
    frame.extend((blocks[0].len() as u16 - 1).to_be_bytes());
    frame.push(crc(&frame, 0x07, 8) as u8);
    let bytes = bits as usize / 8;
    for block in blocks {
        let (header, values) = match kind {
            Subframe::Constant => (0x00, &block[..1]),
            Subframe::Verbatim => (0x02, *block),
        };
        frame.push(header);
        frame.extend(values.iter().flat_map(|value| value.to_be_bytes()[4 - bytes..].to_vec()));
    }
    let check = crc(&frame, 0x8005, 16) as u16;
    frame.extend(check.to_be_bytes());
    frame
}

/// The remainder that closes a header (8 bits) or a frame (16 bits).
fn crc(bytes: &[u8], polynomial: u32, bits: u32) -> u32 {
    let (top, mask) = (1 << (bits - 1), (1 << bits) - 1);
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << (bits - 8), |crc, _| {
            (if crc & top != 0 { crc << 1 ^ polynomial } else { crc << 1 }) & mask
        })
    })
}
