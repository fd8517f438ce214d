using GrpcRouter;

var builder = Host.CreateApplicationBuilder(args);
var router = builder.Configuration["router"] ?? "http://localhost:5000";
builder.Services.AddGrpcRouterBridge(o => o.Routers.Add(router))
                .AddGreeter<GreeterService>();
builder.Build().Run();
