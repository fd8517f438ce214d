using Greet;
using GrpcRouter;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddGrpcRouter();
var app = builder.Build();
app.MapGrpcRouter<GreeterRouter>();
app.Run();
