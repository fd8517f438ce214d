namespace GrpcRouter.Protocol;

[Flags]
internal enum FrameParts
{
    None = 0,
    CallId = 1 << FrameField.CallId,
    Opening = 1 << FrameField.Opening,
    HalfClose = 1 << FrameField.HalfClose,
    Cancel = 1 << FrameField.Cancel,
    Credit = 1 << FrameField.Credit,
    MessageLength = 1 << FrameField.MessageLength,
    Compressed = 1 << FrameField.Compressed,
    Fragment = 1 << FrameField.Fragment,
    End = 1 << FrameField.End,
    Control = 1 << FrameField.Control,
}
