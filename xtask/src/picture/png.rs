//! PNG pictures of 256 colours, written without compression (RFC 2083; RFC 1951, section 3.2.4).

/// Octets of a stored block.
const BLOCK: usize = 0xffff;

/// A picture: a colour number for each pixel, row by row from the top.
pub(super) fn write(width: usize, height: usize, pixels: &[u8], colours: &[[u8; 3]; 256]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    header.extend((width as u32).to_be_bytes());
    header.extend((height as u32).to_be_bytes());
    // Eight bits, a palette, and the only methods that there are.
    header.extend([8, 3, 0, 0, 0]);
    chunk(&mut out, b"IHDR", &header);
    chunk(&mut out, b"PLTE", colours.as_flattened());
    // Each row begins with the number of its filter: none.
    let rows: Vec<u8> =
        pixels.chunks(width.max(1)).flat_map(|row| std::iter::once(0).chain(row.iter().copied())).collect();
    let mut data = vec![0x78, 0x01];
    let blocks = rows.chunks(BLOCK);
    let last = blocks.len().saturating_sub(1);
    for (number, block) in blocks.enumerate() {
        let length = block.len() as u16;
        data.push(u8::from(number == last));
        data.extend(length.to_le_bytes());
        data.extend((!length).to_le_bytes());
        data.extend(block);
    }
    data.extend(adler(&rows).to_be_bytes());
    chunk(&mut out, b"IDAT", &data);
    chunk(&mut out, b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, name: &[u8; 4], body: &[u8]) {
    out.extend((body.len() as u32).to_be_bytes());
    let start = out.len();
    out.extend(name);
    out.extend(body);
    out.extend(crc(&out[start..]).to_be_bytes());
}

/// The check of each chunk (RFC 2083, section 15).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// The check of the pixels (RFC 1950, section 9).
fn adler(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1, 0), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_those_of_the_standards() {
        assert_eq!(crc(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn a_picture_has_its_parts() {
        let picture = write(300, 300, &[7; 90_000], &[[1, 2, 3]; 256]);
        for name in [b"IHDR", b"PLTE", b"IDAT", b"IEND"] {
            assert_eq!(picture.windows(4).filter(|part| part == name).count(), 1);
        }
        // Two blocks of at most 65535 octets hold 300 rows of 301.
        assert_eq!(picture.len(), 8 + 25 + 780 + 12 + 2 + 2 * 5 + 90_300 + 4 + 12);
    }
}
