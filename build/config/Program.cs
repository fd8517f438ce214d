using GrpcRouter.Config;

string root = args.Length == 1 ? args[0] : throw new InvalidOperationException("Say where the repository is.");
OptionModel model = OptionModel.Read();
string schema = Path.Combine(root, SchemaFile.Path);
string document = Path.Combine(root, ConfigurationDocument.Path);
File.WriteAllText(schema, SchemaFile.Write(model));
File.WriteAllText(document, ConfigurationDocument.Write(File.ReadAllText(document), model));
Console.WriteLine($"{model.Groups.Sum(static group => group.Options.Count)} options in {model.Groups.Count} groups.");
