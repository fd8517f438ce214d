namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One key with one value, a text or bytes.</summary>
    public class Entry
    {
        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <summary>Creates an entry with bytes.</summary>
        /// <param name="key">The key; lower-cased; ending in <see cref="BinaryHeaderSuffix"/>.</param>
        /// <param name="valueBytes">The bytes; copied.</param>
        /// <exception cref="ArgumentException">The key has other characters than <c>a-z 0-9 _ - .</c> or lacks the suffix.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            Key = Normalize(key);
            ArgumentNullException.ThrowIfNull(valueBytes);
            if (!IsBinary)
            {
                throw new ArgumentException($"The key '{Key}' holds bytes and must end in {BinaryHeaderSuffix}.", nameof(key));
            }

            _bytes = [.. valueBytes];
        }

        /// <summary>Creates an entry with a text.</summary>
        /// <param name="key">The key; lower-cased; not ending in <see cref="BinaryHeaderSuffix"/>.</param>
        /// <param name="value">The text; only printable ASCII can be sent.</param>
        /// <exception cref="ArgumentException">The key has other characters than <c>a-z 0-9 _ - .</c> or has the suffix of binary keys.</exception>
        public Entry(string key, string value)
        {
            Key = Normalize(key);
            ArgumentNullException.ThrowIfNull(value);
            if (IsBinary)
            {
                throw new ArgumentException($"The key '{Key}' holds a text and must not end in {BinaryHeaderSuffix}.", nameof(key));
            }

            _text = value;
        }

        /// <summary>The key in lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the value is bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text.</summary>
        /// <exception cref="InvalidOperationException">The entry is binary.</exception>
        public string Value => _text ?? throw new InvalidOperationException($"The value of '{Key}' is binary and has no text.");

        /// <summary>A copy of the bytes; of a text its ASCII bytes.</summary>
        public byte[] ValueBytes => _bytes is null ? System.Text.Encoding.ASCII.GetBytes(_text!) : [.. _bytes];

        /// <inheritdoc/>
        public override string ToString() => $"[Entry: key={Key}, {(_bytes is null ? $"value={_text}" : $"valueBytes={Convert.ToBase64String(_bytes)}")}]";

        private static string Normalize(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            var lowered = key.ToLowerInvariant();
            if (lowered.Length == 0 || !lowered.All(static c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_' or '-' or '.'))
            {
                throw new ArgumentException($"'{key}' is not a metadata key: letters a-z, digits, '_', '-' and '.' only.", nameof(key));
            }

            return lowered;
        }
    }
}
