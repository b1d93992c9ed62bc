//! What a person means by a call: lines, calls, tones, numbers, logs and contacts, as one machine with time passed in.
