using Greet;
using GrpcRouter;

using var channel = RouterChannel.ForAddress(args[0]);
var client = new Greeter.GreeterClient(channel);
var reply = await client.SayHelloAsync(new HelloRequest { Name = "Ada" });
Console.WriteLine(reply.Message);
